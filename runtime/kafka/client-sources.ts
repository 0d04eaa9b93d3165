import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VestnikError } from '../errors.ts';

/**
 * The files of kafkajs 2.2.4 that wire.ts hands out, the patches change, or both lean on, with the
 * SHA-256 of the text that was examined (docs/decisions/002).
 */
export const knownSources: Readonly<Record<string, string>> = {
  'src/broker/index.js': '9cbea8898528c439c213080f99d86974460114f81b5034c49aeb593a0337ca90',
  'src/cluster/brokerPool.js': '9994863e891ac2ab243f27f941ef87893889f53d64aa580353fafbb8d11614c6',
  'src/cluster/connectionPoolBuilder.js':
    '05a6be8bbf9e2bb9de56e7fc66e1f752799271ebe595575d57f244d8de198233',
  'src/cluster/index.js': '3831a6845e4e9fb0de73d5ff50a3695974fb8a927acde677c524fe1c362bd57d',
  'src/consumer/assignerProtocol.js':
    'd35452ae300d022164bc5c0218bd1269db8ec4641ca89968bea4c18aadaaf077',
  'src/errors.js': 'bb3e50177a7b73f4cd35b3318d50a2fc50d9e631488c6ae89669b31aee25c926',
  'src/loggers/index.js': '86c9e625c9310dcabcd731a591ab7036710b95936c8ea3f08698ecfd74222cd2',
  'src/network/connection.js': '2a993b2e74421ca6d846efd59e4ba74b11100dbe7d40d0f52ea3218e917aafdd',
  'src/network/connectionPool.js':
    'ecba4ba6fc4f2a6e5f336b838b573dcca3f01fb39542530841d68691fe4957de',
  'src/network/requestQueue/index.js':
    'b55986089c14f8f7bfc377922e2e65b3e4c1e7c7af2752d3b10a75dfe9e9260c',
  'src/network/requestQueue/socketRequest.js':
    'dde28f8e26c6d17fe3383c60b2bfce27f4790ee4552ca7e73e78fdce30c6bf1d',
  'src/network/socket.js': '9922c37e8a4d9e6b040e3bf8d6d74ca9f4c39c3c875deadc0f9dc5052e714ebe',
  'src/network/socketFactory.js':
    '1493fc580263350fdbe75fa633b6df70f39d4b11d0520b45243cb1df45168577',
  'src/protocol/decoder.js': '83c43fac8d6b8ef2dcf0dfe8bc4494e84c2c94d2b59fbe41a670505a5fcba41b',
  'src/protocol/encoder.js': '9977889e184a9e910e4f6098c36ec6a0ca36c183aa6ead0f24191b6aa1c9a777',
  'src/protocol/error.js': '8911e3226a8aebddc2fffe2b2504379f966b804995dd911713c8c495c3673188',
  'src/protocol/request.js': '2270900ca6474026c11957fe71ac586881985460ed2554db22ad8870dcaff634',
  'src/protocol/requests/fetch/v11/request.js':
    'e652bb05ffab315d19dd3e75ac878d49af47182b7600f419a8d5b4633976a5cd',
  'src/protocol/requests/index.js':
    'fd26a30565d7f0c14883140b7f4edadc42f34278a5f40084009b940c858ea2fd',
  'src/protocol/requests/metadata/v6/request.js':
    '5754da27596913349902b8984021f523029c6cb9b2d4eede8ccb9ecebdda28c9',
  'src/protocol/requests/metadata/v6/response.js':
    '08626a1a2f73fbb48b101eee83a32b2de13fb4cba620b9674d606a9826645262',
  'src/retry/index.js': '6b10590bb8c285ee93ea323990052aac888edfe81deabd3dff89ec13ca8c6acf',
};

function hashOf(path: string): string {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex');
  } catch {
    return 'missing';
  }
}

/** Throws CLIENT_CHANGED when a file below the package's folder is not the one that is known. */
export function checkClientSources(folder: string): void {
  for (const [file, known] of Object.entries(knownSources)) {
    const found = hashOf(join(folder, file));
    if (found !== known) throw new VestnikError('CLIENT_CHANGED', `kafkajs/${file}: ${found}`);
  }
}
