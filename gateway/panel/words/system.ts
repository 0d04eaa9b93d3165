import { type Bilingual, englishCount, russianCount } from './bilingual.ts';

const english = {
  title: 'System',
  lead: 'What this gateway knows of itself and of the parts that it works with.',
  health: 'Health',
  parts: { gateway: 'This gateway', kafka: 'Kafka', tables: 'Tables', database: 'History' },
  well: 'works',
  kafkaAway: 'does not answer',
  tablesRestoring: (restored: string, total: string) => `being read: ${restored} of ${total}`,
  databaseAway: 'PostgreSQL does not answer',
  loopDelay: (ms: string) => `answers with a delay of ${ms} ms`,
  conditions: 'To be mended',
  noConditions: 'Nothing that this process knows of needs an operator.',
  unseen:
    'Of other processes the gateway sees only what they write: ask each role on its ' +
    'HEALTH_PORT. Under npm start all roles are in this process, and their conditions are ' +
    'above.',
  versions: 'Versions',
  settings: 'Configuration',
  setting: 'Setting',
  value: 'Value',
  isSet: 'set',
  isUnset: 'not set',
  topics: 'Topics',
  topicCount: (count: number) => englishCount(count, 'topic', 'topics'),
  topic: 'Topic',
  kind: 'Kind',
  key: 'Key',
  partitions: 'Partitions',
  kept: 'Kept',
  compacted: 'newest of each key',
  days: (count: number) => englishCount(count, 'day', 'days'),
  writers: 'Written by',
  readers: 'Read by',
  kinds: {
    events: 'events',
    table: 'table',
    commands: 'commands',
    memory: 'memory',
    rendered: 'texts',
    facts: 'facts',
    journal: 'journal',
    raw: 'raw',
  },
};

/** What the page of the system says. */
export type SystemWords = typeof english;

const russian: SystemWords = {
  title: 'Система',
  lead: 'Что этот шлюз знает о себе и о тех, с кем работает.',
  health: 'Самочувствие',
  parts: { gateway: 'Этот шлюз', kafka: 'Kafka', tables: 'Таблицы', database: 'История' },
  well: 'работает',
  kafkaAway: 'не отвечает',
  tablesRestoring: (restored, total) => `читаются: ${restored} из ${total}`,
  databaseAway: 'PostgreSQL не отвечает',
  loopDelay: (ms) => `отвечает с задержкой ${ms} мс`,
  conditions: 'Требует внимания',
  noConditions: 'Этот процесс не знает ничего, что требовало бы оператора.',
  unseen:
    'О других процессах шлюз знает лишь то, что они пишут: спросите каждую роль на её ' +
    'HEALTH_PORT. При npm start все роли живут в этом процессе, и сказанное выше — о них всех.',
  versions: 'Версии',
  settings: 'Настройки',
  setting: 'Настройка',
  value: 'Значение',
  isSet: 'задано',
  isUnset: 'не задано',
  topics: 'Топики',
  topicCount: (count) => russianCount(count, 'топик', 'топика', 'топиков'),
  topic: 'Топик',
  kind: 'Вид',
  key: 'Ключ',
  partitions: 'Разделы',
  kept: 'Хранится',
  compacted: 'последнее по ключу',
  days: (count) => russianCount(count, 'день', 'дня', 'дней'),
  writers: 'Пишут',
  readers: 'Читают',
  kinds: {
    events: 'события',
    table: 'таблица',
    commands: 'команды',
    memory: 'память',
    rendered: 'тексты',
    facts: 'факты',
    journal: 'журнал',
    raw: 'как есть',
  },
};

export const systemWords: Bilingual<SystemWords> = { en: english, ru: russian };
