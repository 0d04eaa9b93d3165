package ru.vestnik.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The five bytes in front of each Avro value: a zero and the schema's id in the registry. */
public final class Frames {
  public static final int LENGTH = 5;
  private static final Pattern ID = Pattern.compile("\"id\"\\s*:\\s*(\\d+)");

  private final String registry;
  private final HttpClient http = HttpClient.newHttpClient();
  private final Map<String, byte[]> frames = new HashMap<>();

  public Frames(String registry) {
    this.registry = registry;
  }

  /** The frame of a topic's values, by the name that the topic has in Vestnik's map. */
  public byte[] of(String topic) {
    return frames.computeIfAbsent(topic, this::fetch);
  }

  private byte[] fetch(String topic) {
    String url = registry + "/subjects/" + topic + "-value/versions/latest";
    try {
      var request = HttpRequest.newBuilder(URI.create(url)).build();
      String body = http.send(request, BodyHandlers.ofString()).body();
      Matcher found = ID.matcher(body);
      if (!found.find()) throw new IllegalStateException(url + " answered " + body);
      int id = Integer.parseInt(found.group(1));
      return ByteBuffer.allocate(LENGTH).put((byte) 0).putInt(id).array();
    } catch (IOException e) {
      throw new IllegalStateException(url, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(url, e);
    }
  }
}
