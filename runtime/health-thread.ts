/** The thread that answers probes while the main thread may be busy; see `health-server.ts`. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { performance } from 'node:perf_hooks';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { type HealthAnswer, type HealthReport, healthAnswer } from './health-report.ts';

/** Where to listen, and what to say until the first heartbeat. */
export type HealthThreadData = {
  readonly host: string;
  readonly port: number;
  readonly first: HealthReport;
};

/** Probes and a collector; a flood of connections must not use up the process's descriptors. */
const maxConnections = 50;
const requestTimeout = 5000;

function send(response: ServerResponse, { status, type, body }: HealthAnswer): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}

function serve(main: MessagePort, { host, port, first }: HealthThreadData): void {
  let report = first;
  let heardAtMs = performance.now();
  main.on('message', (message: HealthReport) => {
    report = message;
    heardAtMs = performance.now();
  });
  const server = createServer(
    { requestTimeout, headersTimeout: requestTimeout, connectionsCheckingInterval: requestTimeout },
    ({ url = '', method = '' }, response) => {
      if (method !== 'GET' && method !== 'HEAD') {
        response.writeHead(405, { allow: 'GET, HEAD', connection: 'close' }).end();
        return;
      }
      const [path = ''] = url.split('?');
      send(response, healthAnswer(path, { report, silentMs: performance.now() - heardAtMs }));
    },
  );
  server.maxConnections = maxConnections;
  server.listen(port, host, () => {
    main.postMessage({ port: (server.address() as AddressInfo).port });
  });
}

// Imported by anything else than a thread, this opens nothing.
if (parentPort && workerData) serve(parentPort, workerData as HealthThreadData);
