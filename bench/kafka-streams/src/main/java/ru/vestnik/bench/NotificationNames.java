package ru.vestnik.bench;

import java.nio.charset.StandardCharsets;

/** The text that a notification's id is a hash of, as Vestnik writes it: see schemas/ids.ts. */
public final class NotificationNames {
  private NotificationNames() {}

  /** Each part behind its length in bytes; the user's id is to follow. */
  public static String sharedOf(String eventId, String templateId, String channel) {
    var name = new StringBuilder();
    for (String part : new String[] {eventId, templateId, channel}) {
      name.append(part.getBytes(StandardCharsets.UTF_8).length).append(':').append(part);
    }
    return name.toString();
  }
}
