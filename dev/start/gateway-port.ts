import type { Environment } from '../../runtime/config.ts';
import { InfraError } from '../infra/infra-error.ts';
import { choosePort } from '../infra/ports.ts';
import type { Words } from '../words.ts';

/** Where the gateway is to listen; a port that somebody asked for is not replaced by another. */
export type GatewayPort = { readonly port: number; readonly fixed: boolean };

const usualPort = 8080;

/** The one line for a port that was asked for and cannot be had. */
export const portTakenError = (port: number, words: Words) => new InfraError(words.portTaken(port));

/** Any free port. */
export async function otherPort(): Promise<GatewayPort> {
  return { port: await choosePort([]), fixed: false };
}

/**
 * PORT if it is set, else 8080, else any free one. Asked before anything is started, so that a
 * taken port is not learnt of after minutes of downloads.
 */
export async function chooseGatewayPort(
  env: Environment,
  wanted: number,
  words: Words,
): Promise<GatewayPort> {
  const isSet = Boolean(env['PORT']?.trim());
  if (!isSet) return { port: await choosePort([usualPort]), fixed: false };
  if (wanted === 0) return { port: 0, fixed: true };
  if ((await choosePort([wanted])) !== wanted) throw portTakenError(wanted, words);
  return { port: wanted, fixed: true };
}
