# The outpost: Debian's Python, the locked dependencies, a wheel of this project. Seldom changes first.
FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends python3 \
    && rm -rf /var/lib/apt/lists/*
ENV PYTHONPATH=/opt/project:/opt/site PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
COPY site /opt/site
COPY project /opt/project
USER nobody
