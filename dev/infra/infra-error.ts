/**
 * Something about this machine keeps the infrastructure from running. The message is written for
 * the person at the terminal: what, why, and what to do; a stack would only hide it.
 */
export class InfraError extends Error {
  override readonly name = 'InfraError';
}
