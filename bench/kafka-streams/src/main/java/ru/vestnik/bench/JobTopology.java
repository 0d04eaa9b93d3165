package ru.vestnik.bench;

import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import ru.vestnik.Channel;
import ru.vestnik.Comment;
import ru.vestnik.CommentReplied;
import ru.vestnik.EpisodeReleased;
import ru.vestnik.Movie;
import ru.vestnik.NotifyCommand;
import ru.vestnik.Template;
import ru.vestnik.bench.idiomatic.Idiomatic;
import ru.vestnik.bench.tuned.Tuned;

/** The job as a topology: what both variants share. */
public final class JobTopology {
  private static final String DIRECT = "direct-commands";
  private static final String BROADCAST = "broadcast-commands";

  private final Settings settings;
  private final Frames frames;
  private final StreamsBuilder builder = new StreamsBuilder();

  private JobTopology(Settings settings) {
    this.settings = settings;
    this.frames = new Frames(settings.registry());
  }

  public static Topology build(Settings settings) {
    return new JobTopology(settings).build();
  }

  /** The lane's topic of a channel, as Vestnik names it. */
  public static String lane(Channel channel, boolean bulk) {
    return channel + "-notifications" + (bulk ? "-bulk" : "");
  }

  private <T extends SpecificRecord> AvroSerde<T> serde(Schema schema, String topic) {
    return new AvroSerde<>(schema, frames.of(topic));
  }

  private <T extends SpecificRecord> void globalTable(String topic, String store, Schema schema) {
    Serde<T> serde = serde(schema, topic);
    builder.globalTable(
        topic,
        Consumed.with(Serdes.String(), serde),
        Materialized.<String, T, KeyValueStore<Bytes, byte[]>>as(store)
            .withKeySerde(Serdes.String())
            .withValueSerde(serde));
  }

  private void audience(AvroSerde<NotifyCommand> commands) {
    AvroSerde<EpisodeReleased> episodes = serde(EpisodeReleased.SCHEMA$, "episode-released");
    AvroSerde<CommentReplied> replies = serde(CommentReplied.SCHEMA$, "comment-replied");
    builder
        .stream(settings.own("episode-released"), Consumed.with(Serdes.ByteArray(), episodes))
        .process(Audience.Episodes::new)
        .to(
            settings.own(BROADCAST),
            Produced.with(Serdes.String(), commands, new Broadcast<>()));
    builder
        .stream(settings.own("comment-replied"), Consumed.with(Serdes.ByteArray(), replies))
        .process(Audience.Replies::new)
        .to(settings.own(DIRECT), Produced.with(Serdes.String(), commands));
  }

  /** One sink for each lane; processors forward to it by its name. */
  private <K, V> void sinks(KStream<K, V> notifications, Serde<K> key, Serde<V> value) {
    for (Channel channel : Channel.values()) {
      for (boolean bulk : List.of(true, false)) {
        String topic = lane(channel, bulk);
        notifications.to(
            settings.own(topic), Produced.<K, V>with(key, value).withName(topic));
      }
    }
  }

  private void store(StoreBuilder<?> store) {
    builder.addStateStore(store);
  }

  private void idiomatic(AvroSerde<NotifyCommand> commands) {
    var job = new Idiomatic(frames);
    job.stores().forEach(this::store);
    builder
        .stream("users", Consumed.with(Serdes.String(), job.users()))
        .process(job::indexer, Named.as("index"), Idiomatic.USERS, Idiomatic.FOLLOWERS);
    var notifications =
        builder
            .stream(
                List.of(settings.own(DIRECT), settings.own(BROADCAST)),
                Consumed.with(Serdes.String(), commands))
            .process(job::notifier, Named.as("notify"), Idiomatic.USERS, Idiomatic.FOLLOWERS);
    sinks(notifications, Serdes.String(), job.notifications());
  }

  private void tuned(AvroSerde<NotifyCommand> commands) {
    var job = new Tuned(frames, commands);
    job.stores().forEach(this::store);
    builder
        .stream("users", Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()))
        .process(job::indexer, Named.as("index"), Tuned.USERS, Tuned.FOLLOWERS);
    var notifications =
        builder
            .stream(
                List.of(settings.own(DIRECT), settings.own(BROADCAST)),
                Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()))
            .process(
                job::notifier, Named.as("notify"), Tuned.USERS, Tuned.FOLLOWERS, Tuned.PENDING);
    sinks(notifications, Serdes.ByteArray(), Serdes.ByteArray());
  }

  private Topology build() {
    AvroSerde<NotifyCommand> commands = serde(NotifyCommand.SCHEMA$, BROADCAST);
    this.<Movie>globalTable("movies", Audience.MOVIES, Movie.SCHEMA$);
    this.<Template>globalTable("templates", Audience.TEMPLATES, Template.SCHEMA$);
    this.<Comment>globalTable("comments", Audience.COMMENTS, Comment.SCHEMA$);
    audience(commands);
    if (settings.tuned()) tuned(commands);
    else idiomatic(commands);
    return builder.build();
  }
}
