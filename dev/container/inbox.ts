import { once } from 'node:events';
import { startInbox } from '../inbox/inbox.ts';

/** The inbox as a container: the roles in other containers send to it, the page is for people. */
const inbox = await startInbox({ host: '0.0.0.0', httpPort: 8025, smtpPort: 1025 });
console.log(JSON.stringify(inbox));
await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
await inbox.close();
