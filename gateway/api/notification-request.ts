import { Type } from '@fastify/type-provider-typebox';
import { maxUserIds } from '../sending/named-people.ts';
import { DryRun } from './dry-run.ts';
import { Id, idCharacter, maxIdLength } from './schemas.ts';

/** The fields by which a body names who is to be written to. */
export const People = {
  user_ids: Type.Optional(
    Type.Union([Type.String(), Type.Array(Type.String())], {
      description:
        'Who gets it: ids in one text with commas between, or a list of ids. ' +
        `At most ${maxUserIds}.`,
    }),
  ),
  audience: Type.Optional(
    Type.String({
      maxLength: maxIdLength,
      pattern: `^(all|(movie|genre):${idCharacter}+)$`,
      description:
        'Instead of user_ids: all, movie:<id> (its followers) or genre:<name> (its followers).',
    }),
  ),
};

/** Of these fields a body has one. */
export const onePeople = [{ required: ['user_ids'] }, { required: ['audience'] }];

/** The body of a request, in the seed's words. */
export const NotificationBody = Type.Object(
  { template_id: Id, movie_id: Type.Optional(Id), ...People, dry_run: DryRun },
  {
    additionalProperties: false,
    oneOf: onePeople,
    examples: [
      { template_id: '1', movie_id: '1', user_ids: '1, 2, 3' },
      { template_id: '1', movie_id: '1', audience: 'genre:драма', dry_run: true },
    ],
  },
);
