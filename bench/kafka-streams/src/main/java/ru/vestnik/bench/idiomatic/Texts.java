package ru.vestnik.bench.idiomatic;

import com.github.jknack.handlebars.Context;
import com.github.jknack.handlebars.EscapingStrategy;
import com.github.jknack.handlebars.Handlebars;
import com.github.jknack.handlebars.context.MapValueResolver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import ru.vestnik.CommandParam;
import ru.vestnik.NotifyCommand;
import ru.vestnik.Template;
import ru.vestnik.TemplateText;
import ru.vestnik.UpstreamChannel;

/** Templates rendered by Handlebars.java, each compiled once. */
final class Texts {
  private static final Pattern CONTROLS = Pattern.compile("[\\p{Cc}\\p{Zl}\\p{Zp}]+");
  private static final String HOME_LOCALE = "ru";

  private final Handlebars html = new Handlebars().with(EscapingStrategy.HTML_ENTITY);
  private final Handlebars plain = new Handlebars().with(EscapingStrategy.NOOP);
  private final Map<String, com.github.jknack.handlebars.Template> compiledHtml = new HashMap<>();
  private final Map<String, com.github.jknack.handlebars.Template> compiledPlain = new HashMap<>();

  /** A text for the readers of one language of one command; the reader's name is put in later. */
  record Prepared(
      String locale,
      com.github.jknack.handlebars.Template subject,
      com.github.jknack.handlebars.Template body,
      Map<String, Object> values,
      Context context) {

    private String render(com.github.jknack.handlebars.Template template, String fullName) {
      values.put("user_full_name", fullName);
      try {
        return template.apply(context);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    String body(String fullName) {
      return render(body, fullName);
    }

    String subject(String fullName) {
      if (subject == null) return null;
      return CONTROLS.matcher(render(subject, fullName)).replaceAll(" ").strip();
    }
  }

  private static TemplateText textFor(Template template, String locale) {
    for (String wanted : new String[] {locale, template.getLocale(), HOME_LOCALE}) {
      for (TemplateText text : template.getTexts()) {
        if (text.getLocale().equals(wanted)) return text;
      }
    }
    return null;
  }

  private com.github.jknack.handlebars.Template compile(String source, boolean escape) {
    return (escape ? compiledHtml : compiledPlain)
        .computeIfAbsent(
            source,
            text -> {
              try {
                return (escape ? html : plain).compileInline(text);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
  }

  /** Null when the template has no text for these readers. */
  Prepared prepare(Template template, String locale, NotifyCommand command) {
    TemplateText text = textFor(template, locale);
    if (text == null) return null;
    var values = new HashMap<String, Object>();
    for (CommandParam param : command.getParams()) values.put(param.getName(), param.getValue());
    var movie = command.getMovie();
    boolean english = text.getLocale().startsWith("en") && movie.getEnglishTitle() != null;
    values.put("movie_title", english ? movie.getEnglishTitle() : movie.getTitle());
    values.put("movie_year", String.valueOf(movie.getYear()));
    Context context =
        Context.newBuilder(values).resolver(MapValueResolver.INSTANCE).build();
    return new Prepared(
        text.getLocale(),
        text.getSubject() == null ? null : compile(text.getSubject(), false),
        compile(text.getBody(), template.getChannel() != UpstreamChannel.sms),
        values,
        context);
  }
}
