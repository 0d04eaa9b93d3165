import type { Channel, NotifyCommand, Template } from '../schemas/generated/records.ts';

/** A template for a channel that this release knows: only such a one can be used. */
export type UsableTemplate = Template & { readonly channel: Channel };

/** False for a template of a channel that only a later release knows. */
export function isUsable(template: Template): template is UsableTemplate {
  return template.channel !== 'unknown';
}

/** The templates of a command; `audience` puts no others into one. */
export function templatesOf({
  templates,
}: Pick<NotifyCommand, 'templates'>): readonly UsableTemplate[] {
  return templates.filter(isUsable);
}
