import type { BrowserContextOptions } from 'playwright-core';

/** How somebody may look at a page. */
export type Look = {
  readonly language: 'ru' | 'en';
  readonly theme: 'light' | 'dark';
  readonly size: 'desktop' | 'phone';
};

const viewports = {
  desktop: { width: 1280, height: 860 },
  phone: { width: 390, height: 844 },
} as const;

/** Both languages, by day and by night, at a desk and on a phone. */
export const allLooks: readonly Look[] = (['ru', 'en'] as const).flatMap((language) =>
  (['light', 'dark'] as const).flatMap((theme) =>
    (['desktop', 'phone'] as const).map((size) => ({ language, theme, size })),
  ),
);

export const nameOf = ({ language, theme, size }: Look): string => `${language}-${theme}-${size}`;

/** A browser that is set up like that. */
export const contextOf = ({ language, theme, size }: Look): BrowserContextOptions => ({
  locale: language === 'ru' ? 'ru-RU' : 'en-GB',
  timezoneId: 'Europe/Moscow',
  colorScheme: theme,
  viewport: viewports[size],
});
