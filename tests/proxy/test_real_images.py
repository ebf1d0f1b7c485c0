"""Images of the official ones' shape, built here: none is fetched, and what is peculiar is there.

Their Dockerfiles, as far as it can matter to `--image`: an entry point that edits the configuration
(nginx), a capability on the binary and folders of its own (Caddy). Left out without an engine.
"""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from proxy.container import ContainerRuntime
from proxy.definitions import definition
from proxy.engine import engine
from proxy.executables import find
from proxy.gates.outpost import OUTPOST
from proxy.launch import Launcher
from proxy.model import ProxyDefinition
from proxy.own import as_own, lay_out, takes
from proxy.run import Run
from proxy.runtime import Lead, Place
from tests.proxy.standin import StandIn, ask, says

pytestmark = pytest.mark.timeout(180)  # images have to be built first

NGINX = """
USER root
COPY nginx /usr/sbin/nginx
RUN useradd --system nginx && mkdir -p /etc/nginx/conf.d /var/log/nginx /var/cache/nginx \\
 && ln -s /dev/stdout /var/log/nginx/access.log && ln -s /dev/stderr /var/log/nginx/error.log \\
 && printf 'user nginx;\\nevents {}\\nhttp { include /etc/nginx/conf.d/*.conf; }\\n' \\
    > /etc/nginx/nginx.conf \\
 && printf '#!/bin/sh\\necho edited >> /etc/nginx/conf.d/default.conf\\nexec "$@"\\n' \\
    > /docker-entrypoint.sh && chmod +x /docker-entrypoint.sh
ENTRYPOINT ["/docker-entrypoint.sh"]
STOPSIGNAL SIGQUIT
CMD ["nginx", "-g", "daemon off;"]
"""
# cap_net_bind_service=+ep, as `setcap` writes it (linux/capability.h, vfs_cap_data, revision 2)
CAPABILITY = "01000002000400000000000000000000" + "00000000"
CADDY = f"""
USER root
COPY caddy /usr/bin/caddy
RUN mkdir -p /config/caddy /data/caddy /etc/caddy && echo ':80' > /etc/caddy/Caddyfile \\
 && python3 -c "import os; \\
os.setxattr('/usr/bin/caddy', 'security.capability', bytes.fromhex('{CAPABILITY}'))"
ENV XDG_CONFIG_HOME=/config XDG_DATA_HOME=/data
WORKDIR /srv
CMD ["caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]
"""
RECIPES = {"nginx": NGINX, "caddy": CADDY}
YOURS = {
    "nginx": "server { listen 80; location / { proxy_pass http://localhost:3000; } }\n",
    "caddy": "http:// {\n\treverse_proxy localhost:3000\n}\n",
}


@pytest.fixture(scope="module")
def launcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launcher]:
    base = tmp_path_factory.mktemp("images") / "base"
    with Run.begin(base=base) as run, Launcher(run, ContainerRuntime.connect(run)) as launcher:
        yield launcher


@pytest.fixture(scope="module", params=RECIPES)
def product(request: pytest.FixtureRequest) -> ProxyDefinition:
    name: str = request.param
    return definition(name)


@pytest.fixture(scope="module")
def image(
    launcher: Launcher, product: ProxyDefinition, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    assert product.command is not None
    context = tmp_path_factory.mktemp(product.name)
    base = launcher.runtime.image(OUTPOST, None)  # for its Python, which stands for `setcap`
    (context / "Dockerfile").write_text(f"FROM {base}\n{RECIPES[product.name]}")
    shutil.copy(find(product.command.executable), context / product.name)
    client = engine()
    built, _ = client.images.build(path=str(context), rm=True, forcerm=True)
    yield str(built.id)
    client.images.remove(str(built.id), force=True)
    client.close()


@pytest.fixture
def origin(launcher: Launcher) -> Iterator[StandIn]:
    answer = says("200 OK", body="of the origin")
    with StandIn(lambda _, c: c.sendall(answer), launcher.runtime.reach.bind) as origin:
        yield origin


def test_our_own_configuration_runs_in_it(
    launcher: Launcher,
    product: ProxyDefinition,
    image: str,
    origin: StandIn,
    files: Mapping[str, str],
) -> None:
    reach, passed = launcher.runtime.reach, says("204 No Content")
    with StandIn(lambda _, c: c.sendall(passed), reach.bind) as outpost:
        ports = {"ORIGIN": origin.port, "OUTPOST": outpost.port}
        values = {name: f"{reach.dial}:{port}" for name, port in ports.items()}
        values["EXTERNAL"] = "https://localhost"
        running = launcher.start(product, values, files, image=image)
        answer = ask(running.port, "/api/health", "Cookie: authentik_proxy_0123abcd=good")
        running.stop()

    assert "200" in answer.line


def test_users_configuration_runs_in_it_as_it_stands(
    launcher: Launcher, product: ProxyDefinition, image: str, origin: StandIn, tmp_path: Path
) -> None:
    own, path = takes(product, {}), tmp_path / "site"
    path.write_text(YOURS[product.name])
    target = f"{launcher.runtime.reach.dial}:{origin.port}"
    place = Place(
        ports={"LISTEN": 80},
        leads=(Lead("localhost", 3000, target),),
        folder=own.folder,
        config=own.main,
        files=lay_out(own, path, supply=False).files,
        authority="app.company",
    )

    defined = as_own(product, "", gated=False)
    running = launcher.start(defined, scheme="http", image=image, place=place)
    running.kill()
    running.restart()
    running.stop()

    assert origin.heads
