# Run it with --init (docker-compose.yml does): as process 1, Node would reap no children, and commands without a signal
# handler of their own would ignore SIGTERM.
# The digest says which image it is, on every platform; its tag is for the reader. docker/pin-images.sh asks for that of today.
ARG NODE_IMAGE=node:24.21.0-slim@sha256:d6aa754f16b3197301076f047b5def2f02ea1dbbc2ca920407d46d7ec7f87b20

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
# No install script is needed here, and some would download programs.
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts
COPY tsconfig.json prisma.config.ts ./
COPY prisma ./prisma
COPY src ./src
COPY workers ./workers
COPY tools/bundle.mjs ./tools/
RUN npm run build

FROM ${NODE_IMAGE}
ENV NODE_ENV=production
WORKDIR /app
# For "type": "module". The program has the packages that it uses in itself: nothing else is installed.
COPY package.json ./
# `siaran migrate` applies these, and workers compare the database with them.
COPY prisma/migrations ./prisma/migrations
COPY --from=build /app/dist/program ./dist/program
COPY --from=build /app/dist/browser ./dist/browser
COPY --from=build /app/dist/bull-board ./dist/bull-board
COPY --from=build /app/dist/LICENCES.txt ./dist/

# Whether the worker gets anything done, which open sockets don't show. The provider is left out on purpose: while it is
# unreachable or refuses our credentials a worker holds its batches and tries again, and a restart would not help.
HEALTHCHECK --interval=30s --timeout=15s --start-period=30s --retries=3 CMD ["node", "dist/program/main.js", "doctor", "--worker"]

USER node
# A worker takes no new batch on it, finishes what runs, and exits: give it longer than SIARAN_REQUEST_TIMEOUT + 15 s
# (docker stop --time, stop_grace_period), as Docker's own 10 s would cut a request off whose answer is then unknown.
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "dist/program/main.js"]
CMD ["worker"]
