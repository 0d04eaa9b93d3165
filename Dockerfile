# One image for every role: `docker run vestnik processors`, `connectors email`, `gateway`, `deploy`, `redrive`, `admin`.
# test/own-broker/composed.test.ts does what is written here in a plain folder, line by line.

# The Node that package.json pins for development, from the official image.
FROM node:24.21.0-bookworm-slim AS node

FROM node AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The only install script that is allowed would fetch a second Node.
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --ignore-scripts

FROM dependencies AS dev-dependencies
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts

FROM node AS roles
ARG UID=1000
ENV NODE_ENV=production
ENV HOST=0.0.0.0
ENV PORT=8080
ENV HEALTH_PORT=9100
ENV VESTNIK_DATA_DIR=/data
# All that a role writes lies in /data: the rest of the file system may be read-only.
WORKDIR /
RUN install --directory --owner=$UID --group=$UID --mode=0700 data
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY package.json ./
COPY container container
COPY schemas schemas
COPY runtime runtime
COPY rendering rendering
COPY rules rules
COPY redrive redrive
COPY processors processors
COPY connectors connectors
COPY gateway gateway
COPY analyst analyst
USER $UID:$UID
EXPOSE 8080 9100
HEALTHCHECK --interval=30s --timeout=5s --retries=3 --start-period=120s --start-interval=1s \
  CMD ["node", "container/probe.mjs"]
ENTRYPOINT ["sh", "container/entrypoint.sh"]
CMD ["help"]

# Also has the inbox that catches what is sent, and the sample data. Never for production.
FROM roles AS dev
COPY --from=dev-dependencies /app/node_modules node_modules
COPY dev dev

FROM roles AS product
