package ru.vestnik.bench;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.TimestampedKeyValueStore;
import org.apache.kafka.streams.state.ValueAndTimestamp;
import ru.vestnik.AudienceKind;
import ru.vestnik.CommandParam;
import ru.vestnik.Comment;
import ru.vestnik.CommentReplied;
import ru.vestnik.EpisodeReleased;
import ru.vestnik.EventType;
import ru.vestnik.Movie;
import ru.vestnik.NotifyCommand;
import ru.vestnik.Source;
import ru.vestnik.Template;
import ru.vestnik.UpstreamChannel;

/** WHO might get it, with WHICH text: events become commands, joined with the global tables. */
public final class Audience {
  public static final String MOVIES = "movies-table";
  public static final String TEMPLATES = "templates-table";
  public static final String COMMENTS = "comments-table";

  private Audience() {}

  /** The template with the lowest id for each channel, as Vestnik chooses it. */
  private static List<Template> templatesFor(
      EventType type, TimestampedKeyValueStore<String, Template> templates) {
    var sorted = new TreeMap<String, Template>();
    try (KeyValueIterator<String, ValueAndTimestamp<Template>> rows = templates.all()) {
      while (rows.hasNext()) {
        KeyValue<String, ValueAndTimestamp<Template>> row = rows.next();
        Template template = row.value.value();
        if (template.getEventType().name().equals(type.name())) sorted.put(row.key, template);
      }
    }
    var chosen = new TreeMap<UpstreamChannel, Template>();
    for (Template template : sorted.values()) chosen.putIfAbsent(template.getChannel(), template);
    // In the order of the ids.
    return sorted.values().stream().filter(each -> chosen.get(each.getChannel()) == each).toList();
  }

  private static Source sourceOf(RecordMetadata metadata) {
    return new Source(metadata.topic(), metadata.partition(), metadata.offset());
  }

  private static CommandParam param(String name, String value) {
    return new CommandParam(name, value);
  }

  /** An episode goes to everyone who follows the movie, in any partition. */
  public static final class Episodes
      extends ContextualProcessor<byte[], EpisodeReleased, String, NotifyCommand> {
    @Override
    public void process(Record<byte[], EpisodeReleased> record) {
      EpisodeReleased event = record.value();
      TimestampedKeyValueStore<String, Movie> movies = context().getStateStore(MOVIES);
      TimestampedKeyValueStore<String, Template> templates = context().getStateStore(TEMPLATES);
      var movie = movies.get(event.getMovieId());
      if (movie == null) return;
      var params =
          List.of(
              param("season", String.valueOf(event.getSeason())),
              param("episode", String.valueOf(event.getEpisode())),
              param("episode_title", event.getEpisodeTitle()));
      var command =
          new NotifyCommand(
              event.getEventId(),
              EventType.episodeReleased,
              sourceOf(context().recordMetadata().orElseThrow()),
              event.getReleasedAt(),
              null,
              AudienceKind.movieFollowers,
              List.of(event.getMovieId()),
              params,
              movie.value(),
              templatesFor(EventType.episodeReleased, templates),
              "",
              0,
              false);
      context().forward(record.withKey(event.getMovieId()).withValue(command));
    }
  }

  /** A reply goes to the author of the comment that was replied to. */
  public static final class Replies
      extends ContextualProcessor<byte[], CommentReplied, String, NotifyCommand> {
    @Override
    public void process(Record<byte[], CommentReplied> record) {
      CommentReplied event = record.value();
      TimestampedKeyValueStore<String, Comment> comments = context().getStateStore(COMMENTS);
      TimestampedKeyValueStore<String, Movie> movies = context().getStateStore(MOVIES);
      TimestampedKeyValueStore<String, Template> templates = context().getStateStore(TEMPLATES);
      var parent = comments.get(event.getParentCommentId());
      if (parent == null || parent.value().getAuthorId().equals(event.getAuthorId())) return;
      var movie = movies.get(parent.value().getMovieId());
      if (movie == null) return;
      String author = parent.value().getAuthorId();
      var params = new ArrayList<CommandParam>();
      params.add(param("reply_author_name", event.getAuthorName()));
      params.add(param("reply_text", event.getText()));
      params.add(param("comment_text", parent.value().getText()));
      Instant repliedAt = event.getRepliedAt();
      var command =
          new NotifyCommand(
              event.getEventId(),
              EventType.commentReplied,
              sourceOf(context().recordMetadata().orElseThrow()),
              repliedAt,
              null,
              AudienceKind.listed,
              List.of(author),
              params,
              movie.value(),
              templatesFor(EventType.commentReplied, templates),
              "",
              0,
              false);
      context().forward(record.withKey(author).withValue(command));
    }
  }
}
