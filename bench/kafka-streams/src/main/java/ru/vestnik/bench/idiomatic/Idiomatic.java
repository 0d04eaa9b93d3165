package ru.vestnik.bench.idiomatic;

import java.util.List;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import ru.vestnik.Notification;
import ru.vestnik.NotifyCommand;
import ru.vestnik.User;
import ru.vestnik.bench.AvroSerde;
import ru.vestnik.bench.Frames;

/** The job with the usual tools: generated records, Handlebars.java, typed stores. */
public final class Idiomatic {
  public static final String USERS = "users-store";
  public static final String FOLLOWERS = "followers-store";

  private final AvroSerde<User> users;
  private final AvroSerde<Notification> notifications;

  public Idiomatic(Frames frames) {
    users = new AvroSerde<>(User.SCHEMA$, frames.of("users"));
    // All lanes have the same schema, and so the same id.
    notifications =
        new AvroSerde<>(Notification.SCHEMA$, frames.of("email-notifications-bulk"));
  }

  public AvroSerde<User> users() {
    return users;
  }

  public AvroSerde<Notification> notifications() {
    return notifications;
  }

  public List<StoreBuilder<?>> stores() {
    return List.of(
        Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(USERS), Serdes.String(), Follower.serde(users)),
        Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(FOLLOWERS), Serdes.String(), Follower.serde(users)));
  }

  public Processor<String, User, Void, Void> indexer() {
    return new UserIndexer();
  }

  public Processor<String, NotifyCommand, String, Notification> notifier() {
    return new Notifier();
  }
}
