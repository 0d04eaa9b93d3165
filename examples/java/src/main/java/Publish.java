import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Publishes a user, a movie and a new episode of it. The user follows the movie, so Vestnik writes
 * to them: {@code java -cp 'target/classes:target/libs/*' Publish [e-mail address]}.
 */
public final class Publish {
  private static final String BROKERS = setting("KAFKA_BROKERS", "127.0.0.1:9092");
  private static final String REGISTRY =
      setting("SCHEMA_REGISTRY_URL", "http://127.0.0.1:8081/apis/ccompat/v7");

  /** The schema that the registry holds for a topic's values, and the id it is known by. */
  private record Registered(int id, Schema schema) {}

  private final HttpClient http = HttpClient.newHttpClient();
  private final KafkaProducer<String, byte[]> producer;

  private Publish(KafkaProducer<String, byte[]> producer) {
    this.producer = producer;
  }

  public static void main(String[] args) throws Exception {
    var email = args.length > 0 ? args[0] : "anna@example.com";
    // Java's defaults are right: murmur2 of the key, acks=all, idempotence. Keys are plain UTF-8,
    // so no Avro serializer for them.
    Map<String, Object> settings =
        Map.of("bootstrap.servers", BROKERS, "client.id", "example-java");
    try (var producer =
        new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
      new Publish(producer).run(email);
    }
  }

  private void run(String email) throws Exception {
    var movieId = "movie-" + UUID.randomUUID();
    var userId = "user-" + UUID.randomUUID();
    var eventId = UUID.randomUUID().toString();

    var movies = latest("movies");
    var movie =
        new GenericRecordBuilder(movies.schema())
            .set("id", movieId)
            .set("title", "Двенадцать стульев")
            .set("englishTitle", "The Twelve Chairs")
            .set("genres", List.of("comedy"))
            .set("year", 1971);
    publish("movies", movieId, movies.id(), movie.build());

    var users = latest("users");
    var channel = users.schema().getField("channels").schema().getElementType();
    var user =
        new GenericRecordBuilder(users.schema())
            .set("id", userId)
            .set("fullName", "Анна Каренина")
            .set("email", email)
            .set("locale", "ru")
            .set("timeZone", "Europe/Moscow")
            .set("channels", List.of(new GenericData.EnumSymbol(channel, "email")))
            .set("followedMovieIds", List.of(movieId))
            .set("followedGenres", List.of());
    publish("users", userId, users.id(), user.build());

    // Only now: an event that is sent after the rows were acknowledged finds them.
    var episodes = latest("episode-released");
    var episode =
        new GenericRecordBuilder(episodes.schema())
            .set("eventId", eventId)
            .set("movieId", movieId)
            .set("episodeId", movieId + "-s1e1")
            .set("season", 1)
            .set("episode", 1)
            .set("episodeTitle", "Гарнитур генеральши Поповой")
            .set("releasedAt", System.currentTimeMillis());
    publish("episode-released", movieId, episodes.id(), episode.build());

    System.out.println("published " + eventId + " for " + userId);
  }

  private Registered latest(String topic) throws Exception {
    var uri = URI.create(REGISTRY + "/subjects/" + topic + "-value/versions/latest");
    var answer = http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    if (answer.statusCode() != 200) throw new IllegalStateException(answer.body());
    JsonNode found = new ObjectMapper().readTree(answer.body());
    var schema = new Schema.Parser().parse(found.get("schema").asText());
    return new Registered(found.get("id").asInt(), schema);
  }

  /** Returns when Kafka has the record. Fields that were not set have their schema's default. */
  private void publish(String topic, String key, int schemaId, GenericRecord value)
      throws Exception {
    var content = new ByteArrayOutputStream();
    // The Confluent wire format: a zero byte, the schema's id, then Avro.
    content.write(0);
    content.write(ByteBuffer.allocate(Integer.BYTES).putInt(schemaId).array());
    var encoder = EncoderFactory.get().directBinaryEncoder(content, null);
    new GenericDatumWriter<GenericRecord>(value.getSchema()).write(value, encoder);
    encoder.flush();
    producer.send(new ProducerRecord<>(topic, key, content.toByteArray())).get();
  }

  private static String setting(String name, String fallback) {
    return System.getenv().getOrDefault(name, fallback);
  }
}
