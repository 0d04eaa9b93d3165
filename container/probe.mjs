/**
 * The health check of a container: exit code 0 when the role in it does its work. Another URL than
 * that of the role's health server is taken as the argument.
 */
const boundMs = 4_000;
const url = process.argv[2] ?? `http://127.0.0.1:${process.env.HEALTH_PORT}/health/ready`;

try {
  const { ok, status } = await fetch(url, { signal: AbortSignal.timeout(boundMs) });
  console.log(status);
  process.exitCode = ok ? 0 : 1;
} catch (error) {
  console.log(error.cause?.message ?? error.message);
  process.exitCode = 1;
}
