# The nginx of the process runtime, on Debian. It is linked statically: nothing else is installed.
FROM debian:bookworm-slim
COPY nginx /usr/local/bin/nginx
USER nobody
