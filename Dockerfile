# One image for the four services, the migration and the operator's command line; which of them runs is the command:
#   docker run praxisbus services/ehr/src/main.ts        docker run praxisbus libs/operator/src/main.ts --help
# `--target trial` makes the other image: sign-in and mail for trying things out, never for production.

FROM node:26-slim AS manifests
WORKDIR /app
COPY package.json package-lock.json ./
# All of them, also those that are not installed: npm compares the whole tree with the lockfile.
COPY deploy/compose/package.json deploy/compose/
COPY deploy/local/package.json deploy/local/
COPY libs/contracts/package.json libs/contracts/
COPY libs/operator/package.json libs/operator/
COPY libs/runtime/package.json libs/runtime/
COPY libs/testing/package.json libs/testing/
COPY services/billing/package.json services/billing/
COPY services/ehr/package.json services/ehr/
COPY services/imaging/package.json services/imaging/
COPY services/scheduler/package.json services/scheduler/

# Workspaces count as wanted whoever names them, so `--omit=dev` alone would bring the tests' servers in with the services.
# Install scripts are not run: what needs a binary (sharp) has it in a package of its own for this platform.
FROM manifests AS packages
RUN npm pkg delete devDependencies --workspaces \
 && npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
      -w services/billing -w services/ehr -w services/imaging -w services/scheduler -w libs/operator \
 && rm -rf deploy libs/testing package-lock.json node_modules/@types \
 && find node_modules -type f \( -name '*.map' -o -name '*.ts' -o -name '*.mts' -o -name '*.cts' \) -delete

FROM manifests AS trial-packages
RUN npm pkg delete devDependencies --workspaces \
 && npm ci --omit=dev --ignore-scripts --no-audit --no-fund -w deploy/compose \
 && ln -s ../../libs/testing node_modules/@praxisbus/testing

# Nothing here installs or builds: what gets into a running service finds no package manager.
FROM node:26-slim AS runtime
RUN rm -rf /usr/local/lib/node_modules /usr/local/include /opt/yarn* \
           /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /usr/local/bin/yarn /usr/local/bin/yarnpkg
# kafkajs 2.2 sets a negative timer with each request, of which Node warns.
ENV NODE_ENV=production \
    NODE_OPTIONS="--disable-warning=ExperimentalWarning --disable-warning=TimeoutNegativeWarning"
# What is kept lies here; a volume mounted at it takes over whom it belongs to.
RUN install -d -o node -g node -m 700 /var/lib/praxisbus
WORKDIR /app
USER node
ENTRYPOINT ["node"]

FROM runtime AS trial
COPY --from=trial-packages /app ./
COPY libs/contracts/src libs/contracts/src
COPY libs/testing/src/ground/fault.ts libs/testing/src/ground/whole-file.ts libs/testing/src/ground/
COPY deploy/local deploy/local
COPY deploy/compose deploy/compose
COPY examples/practice examples/practice
EXPOSE 4100 4125 4192
CMD ["deploy/compose/trial.ts"]

FROM runtime AS service
COPY --from=packages /app ./
COPY protos protos
COPY libs/contracts/schemas libs/contracts/schemas
COPY libs/contracts/src libs/contracts/src
COPY libs/runtime/migrations libs/runtime/migrations
COPY libs/runtime/src libs/runtime/src
COPY libs/operator/src libs/operator/src
COPY services services
ENV SERVICE_HOST=0.0.0.0 \
    HTTP_PORT=8080 \
    GRPC_PORT=9090
EXPOSE 8080 9090
HEALTHCHECK --interval=5s --timeout=10s --start-period=60s --retries=5 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.HTTP_PORT}/readyz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["libs/operator/src/main.ts", "--help"]
