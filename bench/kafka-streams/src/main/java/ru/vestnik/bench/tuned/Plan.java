package ru.vestnik.bench.tuned;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import ru.vestnik.Channel;
import ru.vestnik.CommandParam;
import ru.vestnik.NotifyCommand;
import ru.vestnik.Template;
import ru.vestnik.TemplateText;
import ru.vestnik.bench.JobTopology;

/** The notifications of one command, template and language: their bytes with gaps. */
final class Plan {
  private static final String HOME_LOCALE = "ru";

  final Channel channel;
  final int channelBit;
  final String sink;
  private final byte[] head;
  private final byte[] afterId;
  private final byte[] afterUser;
  private final byte[] afterName;
  private final byte[] afterBody;
  private final byte[] tail;
  private final TextPlan subject;
  private final TextPlan body;
  private final IdWriter ids;

  private Plan(
      byte[] frame, NotifyCommand command, Template template, TemplateText text, boolean bulk) {
    channel = Channel.valueOf(template.getChannel().name());
    channelBit = 1 << channel.ordinal();
    sink = JobTopology.lane(channel, bulk);
    Map<String, String> values = valuesOf(command, text.getLocale());
    subject = text.getSubject() == null ? null : TextPlan.subject(text.getSubject(), values);
    body = TextPlan.body(text.getBody(), values, channel != Channel.sms);
    ids = new IdWriter(command.getEventId(), template.getId(), channel.toString());

    // The fields in the order of notification.avsc, all that is not personal.
    Output out = new Output();
    out.all(frame);
    out.number(IdWriter.LENGTH);
    head = cut(out);
    out.string(command.getEventId());
    out.number(command.getEventType().ordinal());
    out.number(0); // requestId: null
    afterId = cut(out);
    out.number(channel.ordinal());
    afterUser = cut(out);
    out.string(text.getLocale());
    out.number(subject == null ? 0 : 1);
    afterName = cut(out);
    out.string(template.getId());
    out.number(template.getVersion());
    out.string(command.getSource().getTopic());
    out.number(command.getSource().getPartition());
    out.number(command.getSource().getOffset());
    afterBody = cut(out);
    out.number(0); // preferenceOffset: null
    out.number(command.getOccurredAt().toEpochMilli());
    out.number(0); // test: false
    tail = cut(out);
  }

  private static byte[] cut(Output out) {
    byte[] bytes = out.copy();
    out.at = 0;
    return bytes;
  }

  private static Map<String, String> valuesOf(NotifyCommand command, String locale) {
    var values = new HashMap<String, String>();
    for (CommandParam param : command.getParams()) values.put(param.getName(), param.getValue());
    var movie = command.getMovie();
    boolean english = locale.startsWith("en") && movie.getEnglishTitle() != null;
    values.put("movie_title", english ? movie.getEnglishTitle() : movie.getTitle());
    values.put("movie_year", String.valueOf(movie.getYear()));
    return values;
  }

  private static TemplateText textFor(Template template, String locale) {
    for (String wanted : new String[] {locale, template.getLocale(), HOME_LOCALE}) {
      for (TemplateText text : template.getTexts()) {
        if (text.getLocale().equals(wanted)) return text;
      }
    }
    return null;
  }

  /** Null when the template has no text for these readers. */
  static Plan of(
      byte[] frame, NotifyCommand command, Template template, String locale, boolean bulk) {
    TemplateText text = textFor(template, locale);
    return text == null ? null : new Plan(frame, command, template, text, bulk);
  }

  /** Writes one notification; the name as HTML lies in `html`, or is the name when that is null. */
  byte[] write(Output out, byte[] row, UserBytes user, long userOffset, byte[] html) {
    out.at = 0;
    out.all(head);
    ids.write(out, row, user.idStart, user.idEnd);
    out.all(afterId);
    out.string(row, user.idStart, user.idEnd);
    out.all(afterUser);
    switch (channel) {
      case email -> out.string(row, user.emailStart, user.emailEnd);
      case sms -> out.string(row, user.phoneStart, user.phoneEnd);
      case messenger -> out.string(row, user.chatStart, user.chatEnd);
    }
    out.string(row, user.nameStart, user.nameEnd);
    out.all(afterName);
    if (subject != null) subject.write(out, row, user.nameStart, user.nameEnd);
    if (body.escapes && html != null) body.write(out, html, 0, html.length);
    else body.write(out, row, user.nameStart, user.nameEnd);
    out.all(afterBody);
    out.number(userOffset);
    out.all(tail);
    return out.copy();
  }

  boolean hasAddress(UserBytes user) {
    return switch (channel) {
      case email -> user.emailEnd > user.emailStart;
      case sms -> user.phoneEnd > user.phoneStart;
      case messenger -> user.chatEnd > user.chatStart;
    };
  }

  /** The name as HTML; null when it is the same. */
  static byte[] escapedName(byte[] row, UserBytes user) {
    if (!TextPlan.Html.needed(row, user.nameStart, user.nameEnd)) return null;
    String name =
        new String(row, user.nameStart, user.nameEnd - user.nameStart, StandardCharsets.UTF_8);
    return TextPlan.Html.escape(name).getBytes(StandardCharsets.UTF_8);
  }
}
