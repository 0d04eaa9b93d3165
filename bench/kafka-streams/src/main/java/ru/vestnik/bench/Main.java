package ru.vestnik.bench;

import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.processor.StateRestoreListener;
import ru.vestnik.bench.tuned.SharedRocksDb;

/** Runs the job in Kafka Streams until it is asked to stop. */
public final class Main {
  private static final int THREADS = 2;
  private static final Duration CLOSE_BOUND = Duration.ofSeconds(20);

  private Main() {}

  private static Properties configOf(Settings settings) {
    var config = new Properties();
    config.put(StreamsConfig.APPLICATION_ID_CONFIG, settings.prefix() + "app");
    config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, settings.brokers());
    config.put(StreamsConfig.STATE_DIR_CONFIG, settings.stateDir());
    config.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, THREADS);
    config.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    config.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, settings.commitIntervalMs());
    config.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, 1);
    config.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
    // Leaves the group when it ends, so that a restart need not wait for its own former self.
    config.put(StreamsConfig.consumerPrefix("internal.leave.group.on.close"), true);
    producer(config, ProducerConfig.COMPRESSION_TYPE_CONFIG, settings.compression());
    producer(config, ProducerConfig.COMPRESSION_ZSTD_LEVEL_CONFIG, 1);
    producer(config, ProducerConfig.LINGER_MS_CONFIG, settings.lingerMs());
    producer(config, ProducerConfig.BATCH_SIZE_CONFIG, (settings.tuned() ? 256 : 64) * 1024);
    producer(config, ProducerConfig.BUFFER_MEMORY_CONFIG, 128L * 1024 * 1024);
    // A fan-out to a million people is one transaction where it is not cut into chunks.
    producer(config, ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 120_000);
    if (settings.tuned()) {
      config.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, SharedRocksDb.class);
      // The next chunk of a fan-out must not wait for records that do not come.
      config.put(StreamsConfig.POLL_MS_CONFIG, 5);
    }
    return config;
  }

  private static void producer(Properties config, String name, Object value) {
    config.put(StreamsConfig.producerPrefix(name), value);
  }

  private static void say(String event, String rest) {
    System.out.printf(
        "{\"event\":\"%s\",\"time\":%d%s}%n", event, System.currentTimeMillis(), rest);
  }

  /** Tells when restoring began and ended, and how many rows it was. */
  private static final class Restores implements StateRestoreListener {
    @Override
    public void onRestoreStart(TopicPartition partition, String store, long from, long to) {
      say("restoreStart", ",\"store\":\"" + store + "\",\"rows\":" + (to - from));
    }

    @Override
    public void onBatchRestored(TopicPartition partition, String store, long end, long count) {}

    @Override
    public void onRestoreEnd(TopicPartition partition, String store, long total) {
      say("restoreEnd", ",\"store\":\"" + store + "\",\"rows\":" + total);
    }
  }

  public static void main(String[] args) {
    Settings settings = Settings.parse(args);
    var streams = new KafkaStreams(JobTopology.build(settings), configOf(settings));
    streams.setGlobalStateRestoreListener(new Restores());
    streams.setStateListener((now, before) -> say("state", ",\"state\":\"" + now + "\""));
    streams.setUncaughtExceptionHandler(
        error -> {
          error.printStackTrace();
          return StreamThreadExceptionResponse.REPLACE_THREAD;
        });
    Runtime.getRuntime().addShutdownHook(new Thread(() -> streams.close(CLOSE_BOUND)));
    streams.start();
  }
}
