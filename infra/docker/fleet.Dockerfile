# Collector, training worker, console, migrations: one image, the command tells which (see compose.yaml).
#   docker build -f infra/docker/fleet.Dockerfile -t picket/fleet:0.1.0 .
FROM node:24.11.1-bookworm AS build
WORKDIR /picket
ENV ONNXRUNTIME_NODE_INSTALL=skip TURBO_TELEMETRY_DISABLED=1 DO_NOT_TRACK=1
COPY . .
RUN npm ci --ignore-scripts
RUN npm run build --workspace apps/console
RUN npm prune --omit=dev --ignore-scripts \
  && rm -rf node_modules/node-linux-* node_modules/onnxruntime-node/bin/napi-v6/darwin node_modules/onnxruntime-node/bin/napi-v6/win32

FROM node:24.11.1-bookworm-slim
WORKDIR /picket
ENV NODE_ENV=production PICKET_DATA=/var/lib/picket
COPY --from=build --chown=root:root /picket /picket
RUN install -d -m 0700 -o node -g node /var/lib/picket
USER node
VOLUME /var/lib/picket
CMD ["node", "apps/collector/src/main.ts", "serve"]
