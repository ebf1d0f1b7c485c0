"""A machine of its own for a process: names, ports and files as a user's configuration has them.

Linux namespaces do it, as they do for containers: a network in which the product is alone, a tree
of files that is this machine's with some laid over it, and no rights beyond an ordinary account's.
"""
