"""Publishes a user, a movie and a new episode of it. The user follows the movie, so Vestnik writes
to them: `python publish.py [e-mail address]`, against what `npm start` runs.
"""

import io
import json
import os
import struct
import sys
import time
import uuid
from urllib.request import urlopen

import fastavro
from confluent_kafka import Producer

BROKERS = os.environ.get("KAFKA_BROKERS", "127.0.0.1:9092")
REGISTRY = os.environ.get("SCHEMA_REGISTRY_URL", "http://127.0.0.1:8081/apis/ccompat/v7")
EMAIL = sys.argv[1] if len(sys.argv) > 1 else "anna@example.com"

# The partitioner matters: librdkafka's default is CRC32, and rows would lie in wrong partitions.
producer = Producer(
    {
        "bootstrap.servers": BROKERS,
        "client.id": "example-python",
        "partitioner": "murmur2_random",
        "enable.idempotence": True,
    }
)


def encode(topic: str, value: dict) -> bytes:
    """The Confluent wire format: a zero byte, the schema's id, then Avro."""
    with urlopen(f"{REGISTRY}/subjects/{topic}-value/versions/latest", timeout=30) as answer:
        latest = json.load(answer)
    content = io.BytesIO()
    schema = fastavro.parse_schema(json.loads(latest["schema"]))
    fastavro.schemaless_writer(content, schema, value)
    return struct.pack(">bI", 0, latest["id"]) + content.getvalue()


def publish(topic: str, key: str, value: dict) -> None:
    """Returns when Kafka has the record; the key is plain UTF-8."""
    failures = []
    producer.produce(
        topic,
        key=key.encode(),
        value=encode(topic, value),
        on_delivery=lambda error, _: failures.append(error) if error else None,
    )
    if producer.flush(30) or failures:
        sys.exit(f"{topic} was not published: {failures or 'Kafka did not answer'}")


user_id, movie_id = f"user-{uuid.uuid4()}", f"movie-{uuid.uuid4()}"
event_id = str(uuid.uuid4())

publish(
    "movies",
    movie_id,
    {
        "id": movie_id,
        "title": "Двенадцать стульев",
        "englishTitle": "The Twelve Chairs",
        "genres": ["comedy"],
        "year": 1971,
        "description": None,
    },
)
publish(
    "users",
    user_id,
    {
        "id": user_id,
        "fullName": "Анна Каренина",
        "email": EMAIL,
        "phone": None,
        "telegramChatId": None,
        "locale": "ru",
        "timeZone": "Europe/Moscow",
        "channels": ["email"],
        "followedMovieIds": [movie_id],
        "followedGenres": [],
    },
)
# Only now: an event that is sent after the rows were acknowledged finds them.
publish(
    "episode-released",
    movie_id,
    {
        "eventId": event_id,
        "movieId": movie_id,
        "episodeId": f"{movie_id}-s1e1",
        "season": 1,
        "episode": 1,
        "episodeTitle": "Гарнитур генеральши Поповой",
        "releasedAt": int(time.time() * 1000),
    },
)
print(f"published {event_id} for {user_id}")
