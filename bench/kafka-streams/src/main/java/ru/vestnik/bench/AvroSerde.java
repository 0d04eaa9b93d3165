package ru.vestnik.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;

/** A generated record in Confluent wire format. Encoders, decoders and buffers are used again. */
public final class AvroSerde<T extends SpecificRecord> implements Serde<T> {
  private static final int FIRST_BYTES = 1024;

  private static final class Buffers {
    final ByteArrayOutputStream out = new ByteArrayOutputStream(FIRST_BYTES);
    final BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
    final BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(new byte[0], null);
  }

  /** All stream threads share the serdes of a topology. */
  private static final ThreadLocal<Buffers> BUFFERS = ThreadLocal.withInitial(Buffers::new);

  private final byte[] frame;
  private final SpecificDatumWriter<T> writer;
  private final SpecificDatumReader<T> reader;

  public AvroSerde(Schema schema, byte[] frame) {
    this.frame = frame;
    this.writer = new SpecificDatumWriter<>(schema);
    this.reader = new SpecificDatumReader<>(schema);
  }

  public byte[] write(T value) {
    Buffers buffers = BUFFERS.get();
    buffers.out.reset();
    buffers.out.write(frame, 0, frame.length);
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(buffers.out, buffers.encoder);
    try {
      writer.write(value, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return buffers.out.toByteArray();
  }

  public T read(byte[] bytes) {
    return read(bytes, frame.length);
  }

  public T read(byte[] bytes, int start) {
    BinaryDecoder decoder =
        DecoderFactory.get()
            .binaryDecoder(bytes, start, bytes.length - start, BUFFERS.get().decoder);
    try {
      return reader.read(null, decoder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Serializer<T> serializer() {
    return (topic, value) -> value == null ? null : write(value);
  }

  @Override
  public Deserializer<T> deserializer() {
    return (topic, bytes) -> bytes == null ? null : read(bytes);
  }
}
