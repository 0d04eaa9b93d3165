import { productLayers } from '../../dev/bootstrap/layers.mjs';
import { allTopics } from '../../schemas/topics.ts';
import { file, type Rule } from './rule.ts';
import {
  layerOf,
  type Node,
  nodesOf,
  type SourceFile,
  syntaxOf,
  violationAt,
} from './source-file.ts';

/** Where a vendor may be imported; everything behind its name counts too (`kafkajs/src/...`). */
const vendorHomes: Readonly<Record<string, RegExp>> = {
  kafkajs: /^runtime\/kafka\//,
  snappy: /^runtime\/kafka\//,
  'lz4-napi': /^runtime\/kafka\//,
  '@node-rs/crc32': /^runtime\/crc32c\.ts$/,
  avsc: /^runtime\/(serde|avro-guard)\.ts$/,
  '@kafkajs/confluent-schema-registry': /^runtime\/registry\.ts$/,
  postgres: /^runtime\/postgres\.ts$/,
  pino: /^runtime\/log\.ts$/,
  nodemailer: /^connectors\/email\//,
  twilio: /^connectors\/sms\//,
  '@node-rs/argon2': /^gateway\/credentials\/passwords\.ts$/,
  handlebars: /^(rendering|gateway\/panel)\//,
  htmlparser2: /^rendering\//,
  'sms-segments-calculator': /^rendering\//,
  fastify: /^(gateway|dev\/inbox)\//,
};

const isProduct = ({ path }: SourceFile) => productLayers.includes(layerOf(path));
/** Tests and examples talk to vendors as the outside world does. */
const isOutside = ({ path }: SourceFile) => ['test', 'bench', 'examples'].includes(layerOf(path));

const vendorOf = (specifier: string) =>
  Object.keys(vendorHomes).find((name) => specifier === name || specifier.startsWith(`${name}/`));

export const vendorRule: Rule = {
  title: 'every vendor has one home',
  check: (files) =>
    files
      .filter((each) => !isOutside(each))
      .flatMap((each) =>
        syntaxOf(each).imports.flatMap(({ specifier, start }) => {
          const vendor = vendorOf(specifier);
          if (!vendor || vendorHomes[vendor]?.test(each.path)) return [];
          return [violationAt(each, start, `imports ${vendor}, which lives elsewhere`)];
        }),
      ),
  planted: [
    file('runtime/stream.ts', "import kafkajs from 'kafkajs';"),
    file('processors/x.ts', "import { Kafka } from 'kafkajs/src/index.js';"),
    file('runtime/registry.ts', "import { crc32c } from '@node-rs/crc32';"),
    file('runtime/serde-x.ts', "import avro from 'avsc';"),
    file('runtime/serde.ts', "import { A } from '@kafkajs/confluent-schema-registry';"),
    file('gateway/x.ts', "import type { Sql } from 'postgres';"),
    file('connectors/sms/x.ts', "import nodemailer from 'nodemailer';"),
    file('connectors/messenger/x.ts', "export { Twilio } from 'twilio';"),
    file('connectors/email/x.ts', "const a = await import('twilio');"),
    file('processors/notify.ts', "import handlebars from 'handlebars';"),
    file('dev/main.ts', "import fastify from 'fastify';"),
    file('runtime/x.ts', "import { pino } from 'pino';"),
    file('gateway/x.ts', "import argon2 from '@node-rs/argon2';"),
  ],
  innocent: [
    file('runtime/kafka/x.ts', "import kafkajs from 'kafkajs';"),
    file('dev/inbox/inbox.ts', "import fastify from 'fastify';"),
    file('test/x.ts', "import avro from 'avsc';"),
    file('examples/x.ts', "import { Kafka } from 'kafkajs';"),
    file('gateway/x.ts', "import sql from 'postgres-array';\n// from 'kafkajs'"),
  ],
};

const topicNames = allTopics.map(({ name }) => name);
/** Nothing else is called `dead-letters`; `users` is also a word for people, and a property. */
const clearNames: ReadonlySet<unknown> = new Set(topicNames.filter((name) => name.includes('-')));
const wordNames: ReadonlySet<unknown> = new Set(topicNames.filter((name) => !name.includes('-')));
const topicKeys: ReadonlySet<unknown> = new Set(['topic', 'topics', 'name']);

const nameOf = (node: Node | undefined): unknown =>
  node?.['name'] ?? (node?.['property'] as Node | undefined)?.['name'];

/** The nodes whose value is used as the topic's name: `topic: x`, `topics: [x]`, `topic === x`. */
function usedAsTopic(node: Node): readonly Node[] {
  if (node.type === 'Property' && topicKeys.has(nameOf(node['key'] as Node))) {
    const value = node['value'] as Node;
    const elements = value['elements'] as readonly (Node | null)[] | undefined;
    return elements ? elements.filter((each) => each !== null) : [value];
  }
  if (node.type !== 'BinaryExpression') return [];
  const sides = [node['left'] as Node, node['right'] as Node];
  return sides.some((side) => topicKeys.has(nameOf(side))) ? sides : [];
}

function textOf(node: Node): unknown {
  if (node.type === 'Literal') return node['value'];
  if (node.type !== 'TemplateElement') return undefined;
  return (node['value'] as { cooked?: string }).cooked;
}

function topicsSpelledIn(node: Node): readonly Node[] {
  if (clearNames.has(textOf(node))) return [node];
  return usedAsTopic(node).filter((each) => wordNames.has(textOf(each)));
}

export const topicNameRule: Rule = {
  title: 'the names of topics are written in schemas/topics.ts only',
  check: (files) =>
    files
      .filter((each) => isProduct(each) && each.path !== 'schemas/topics.ts')
      .flatMap((each) =>
        [...nodesOf(each)]
          .flatMap(topicsSpelledIn)
          .map((node) => violationAt(each, node.start, `spells the topic ${String(textOf(node))}`)),
      ),
  planted: [
    file('runtime/x.ts', "const dead = 'dead-letters';"),
    file('gateway/x.ts', 'const name = `delivery-events`;'),
    file('processors/x.ts', "type Name = 'episode-released';"),
    file('connectors/x.ts', "read({ topic: 'sms-notifications-bulk' });"),
    file('connectors/x.ts', "read({ topic: 'users' });"),
    file('runtime/x.ts', "join({ topics: ['movies'] });"),
    file('processors/x.ts', "if (record.topic === 'templates') act();"),
  ],
  innocent: [
    file('gateway/x.ts', "// dead-letters\nconst path = '/dead-letters/redrive';"),
    file('gateway/x.ts', "const { users } = topics; const tags = ['users'];"),
    file('gateway/x.ts', "lookUp(source, 'movies', id); type T = Pick<Tables, 'templates'>;"),
    file('test/x.ts', "const name = 'dead-letters';"),
  ],
};

const isMember = (node: Node, object: string, property: string): boolean => {
  if (node.type !== 'MemberExpression') return false;
  const owner = node['object'] as Node;
  const member = node['property'] as Node;
  return owner['name'] === object && (member['name'] ?? member['value']) === property;
};

function takesFromProcess(node: Node): boolean {
  if (node.type === 'VariableDeclarator') {
    const init = node['init'] as Node | null;
    const pattern = node['id'] as Node;
    const properties = (pattern['properties'] ?? []) as readonly Node[];
    return init?.['name'] === 'process' && properties.some((each) => keyOf(each) === 'env');
  }
  if (node.type !== 'ImportDeclaration') return false;
  const module = (node['source'] as Node)['value'];
  const names = (node['specifiers'] as readonly Node[]).map((each) => each['imported'] as Node);
  const isProcess = module === 'node:process' || module === 'process';
  return isProcess && names.some((each) => each?.['name'] === 'env');
}

const keyOf = (node: Node) => (node['key'] as Node | undefined)?.['name'];

export const environmentRule: Rule = {
  title: 'the environment is read in runtime/config.ts only',
  check: (files) =>
    files
      .filter((each) => isProduct(each) && each.path !== 'runtime/config.ts')
      .flatMap((each) =>
        [...nodesOf(each)]
          .filter((node) => isMember(node, 'process', 'env') || takesFromProcess(node))
          .map((node) => violationAt(each, node.start, 'reads the environment')),
      ),
  planted: [
    file('gateway/main.ts', 'const port = process.env.PORT;'),
    file('runtime/log.ts', "const level = process['env']['LOG_LEVEL'];"),
    file('connectors/x.ts', 'const { env } = process;'),
    file('processors/x.ts', "import { env } from 'node:process';"),
  ],
  innocent: [
    file('runtime/config.ts', 'const port = process.env.PORT;'),
    file('gateway/x.ts', '// process.env\nconst env = config.environment; process.exit(0);'),
    file('dev/x.ts', 'const home = process.env.HOME;'),
  ],
};

const clockNames: ReadonlySet<unknown> = new Set([
  'setTimeout',
  'setInterval',
  'setImmediate',
  'randomUUID',
  'randomBytes',
]);
const clockMembers = [
  ['Date', 'now'],
  ['performance', 'now'],
  ['process', 'hrtime'],
  ['Math', 'random'],
] as const;

function touchesClock(node: Node): boolean {
  if (clockMembers.some(([object, property]) => isMember(node, object, property))) return true;
  const callee = node['callee'] as Node | undefined;
  if (!callee) return false;
  const called = callee['name'] ?? (callee['property'] as Node | undefined)?.['name'];
  if (node.type === 'CallExpression') return clockNames.has(called);
  const given = (node['arguments'] ?? []) as readonly Node[];
  return node.type === 'NewExpression' && called === 'Date' && given.length === 0;
}

/** What a browser runs has nobody who could hand it a clock. */
const mayTouchClock = ({ path }: SourceFile) =>
  layerOf(path) === 'runtime' || path.endsWith('/main.ts') || isForBrowsers(path);

const isForBrowsers = (path: string) => path.startsWith('gateway/panel/assets/');

export const clockRule: Rule = {
  title: 'only runtime/ and main files touch a clock or randomness',
  check: (files) =>
    files
      .filter((each) => isProduct(each) && !mayTouchClock(each))
      .flatMap((each) =>
        [...nodesOf(each)]
          .filter(touchesClock)
          .map((node) => violationAt(each, node.start, 'touches a clock or randomness')),
      ),
  planted: [
    file('processors/x.ts', 'const at = Date.now();'),
    file('gateway/x.ts', 'const at = new Date();'),
    file('connectors/x.ts', 'setTimeout(() => undefined, 10);'),
    file('connectors/x.ts', 'globalThis.setInterval(() => undefined, 10);'),
    file('processors/x.ts', 'const dice = Math.random;'),
    file('schemas/x.ts', "import { randomUUID } from 'node:crypto'; const id = randomUUID();"),
    file('gateway/x.ts', 'const id = crypto.randomUUID();'),
  ],
  innocent: [
    file('gateway/x.ts', '// Date.now()\nconst at = new Date(record.occurredAt);'),
    file('connectors/x.ts', "const name = 'setTimeout'; clock.sleep(10); Date.parse(text);"),
    file('runtime/x.ts', 'const at = Date.now();'),
    file('gateway/main.ts', 'const at = Date.now();'),
    file('gateway/panel/assets/x.js', 'const at = Date.now();'),
  ],
};
