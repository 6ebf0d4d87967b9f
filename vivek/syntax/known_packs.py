"""Which libraries and addresses mean a data store or a service."""

import re
from functools import cache

# Name: what is imported for it, in any language; `x.*` and `x/*` fit what begins with `x.` or `x/` as well.
_STORES = {
    "BigQuery": "google.cloud.bigquery @google-cloud/bigquery cloud.google.com/go/bigquery",
    "Cassandra": "cassandra.* cassandra-driver github.com/gocql/gocql com.datastax.*",
    "Chroma": "chromadb",
    "ClickHouse": "clickhouse_driver clickhouse_connect @clickhouse/client github.com/ClickHouse/* com.clickhouse.*",
    "DuckDB": "duckdb",
    "DynamoDB": "pynamodb @aws-sdk/client-dynamodb github.com/aws/aws-sdk-go-v2/service/dynamodb",
    "Elasticsearch": "elasticsearch elasticsearch.* @elastic/elasticsearch github.com/elastic/* org.elasticsearch.*",
    "Firestore": "google.cloud.firestore @google-cloud/firestore firebase/firestore cloud.google.com/go/firestore",
    "InfluxDB": "influxdb influxdb_client @influxdata/influxdb-client github.com/influxdata/*",
    "LevelDB": "plyvel level github.com/syndtr/goleveldb/* leveldb/db.h",
    "LMDB": "lmdb heed lmdb.h",
    "Memcached": "pymemcache memcache memcached github.com/bradfitz/gomemcache/* net.spy.memcached.*",
    "MongoDB": "pymongo pymongo.* motor motor.* mongoengine mongodb mongoose "
    "go.mongodb.org/mongo-driver/* com.mongodb.*",
    "MySQL": "MySQLdb pymysql aiomysql mysql.connector mysql mysql2 mysql2/* github.com/go-sql-driver/mysql "
    "com.mysql.* mysql.h mysql/mysql.h",
    "Neo4j": "neo4j neo4j-driver neo4rs github.com/neo4j/* org.neo4j.*",
    "PostgreSQL": "psycopg psycopg.* psycopg2 psycopg2.* asyncpg pg8000 aiopg pg postgres tokio_postgres "
    "github.com/lib/pq github.com/jackc/* org.postgresql.* libpq-fe.h",
    "Qdrant": "qdrant_client @qdrant/js-client-rest github.com/qdrant/*",
    "Redis": "redis redis.* aioredis ioredis github.com/redis/* github.com/go-redis/* redis.clients.* io.lettuce.* "
    "hiredis.h hiredis/hiredis.h",
    "SQL": "sqlalchemy sqlalchemy.* peewee tortoise sqlmodel databases django.db sequelize knex typeorm "
    "@prisma/client drizzle-orm drizzle-orm/* database/sql gorm.io/gorm github.com/jmoiron/sqlx diesel sqlx sea_orm "
    "java.sql javax.sql java.sql.* javax.sql.* org.hibernate.* javax.persistence.* jakarta.persistence.*",
    "SQLite": "sqlite3 aiosqlite better-sqlite3 rusqlite node:sqlite github.com/mattn/go-sqlite3 modernc.org/sqlite "
    "sqlite3.h org.sqlite.*",
}
_SERVICES = {
    "AWS": "boto3 botocore botocore.* aioboto3 aws-sdk aws-cdk-lib @aws-sdk/* github.com/aws/* com.amazonaws.* "
    "software.amazon.awssdk.* aws_config",
    "Anthropic": "anthropic @anthropic-ai/sdk",
    "Azure": "azure.* @azure/* github.com/Azure/* com.azure.*",
    "Celery": "celery celery.*",
    "Docker": "docker dockerode github.com/docker/docker/* bollard",
    "Google Cloud": "google.cloud google.cloud.* googleapiclient googleapiclient.* googleapis @google-cloud/* "
    "cloud.google.com/* com.google.cloud.*",
    "Kafka": "kafka confluent_kafka aiokafka kafkajs rdkafka github.com/segmentio/kafka-go github.com/IBM/sarama "
    "org.apache.kafka.* librdkafka/rdkafka.h",
    "Kubernetes": "kubernetes kubernetes.* @kubernetes/client-node k8s.io/* kube io.kubernetes.*",
    "MQTT": "paho.mqtt.client paho.* aiomqtt mqtt rumqttc github.com/eclipse/* org.eclipse.paho.*",
    "NATS": "nats nats.* async_nats github.com/nats-io/* io.nats.*",
    "OpenAI": "openai openai/* async_openai github.com/sashabaranov/go-openai",
    "RabbitMQ": "pika aio_pika amqplib lapin github.com/rabbitmq/* github.com/streadway/amqp com.rabbitmq.*",
    "SendGrid": "sendgrid @sendgrid/mail github.com/sendgrid/* com.sendgrid.*",
    "Sentry": "sentry_sdk sentry_sdk.* sentry @sentry/* github.com/getsentry/* io.sentry.*",
    "Slack": "slack_sdk slack_sdk.* slack_bolt slack_bolt.* @slack/* github.com/slack-go/* com.slack.*",
    "Stripe": "stripe @stripe/* github.com/stripe/* com.stripe.*",
    "Twilio": "twilio twilio.* github.com/twilio/* com.twilio.*",
}
_SCHEMES = {
    "amqp": ("service", "RabbitMQ"),
    "amqps": ("service", "RabbitMQ"),
    "kafka": ("service", "Kafka"),
    "mongodb": ("data store", "MongoDB"),
    "mongodb+srv": ("data store", "MongoDB"),
    "mqtt": ("service", "MQTT"),
    "mqtts": ("service", "MQTT"),
    "mysql": ("data store", "MySQL"),
    "nats": ("service", "NATS"),
    "postgres": ("data store", "PostgreSQL"),
    "postgresql": ("data store", "PostgreSQL"),
    "redis": ("data store", "Redis"),
    "rediss": ("data store", "Redis"),
    "sqlite": ("data store", "SQLite"),
}
_ADDRESS = re.compile(
    r"(?P<scheme>https?|wss?|grpcs?|" + "|".join(map(re.escape, sorted(_SCHEMES, reverse=True))) + r")"
    r"(?:\+\w+)?://(?:[^\s/@\"'<>]{1,200}@)?(?P<host>[A-Za-z0-9][\w.-]*)?"
)
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
# Names for documentation, of vocabularies that nobody calls, of pages that people read, and of this machine.
_NO_SERVICE = re.compile(
    r"(?:^|\.)(?:example(?:\.\w+)?|localhost|invalid|test|local|w3\.org|xmlsoap\.org|json-schema\.org|purl\.org|"
    r"schema\.org|openxmlformats\.org|ns\.adobe\.com|schemas\.\S+|xml\.org|docs\.\S+|readthedocs\.io|python\.org|"
    r"wikipedia\.org|stackoverflow\.com|opensource\.org|gnu\.org|apache\.org|mozilla\.org|ietf\.org|rfc-editor\.org|"
    r"schemastore\.org)$|^(?:jira|bugs|issues|wiki|forum|www(?!\.googleapis\.))\.|^(?:github|gitlab|bitbucket)\.\w+$"
)


@cache
def _exact() -> dict[str, tuple[str, str]]:
    return {
        module.removesuffix(".*").removesuffix("/*"): (kind, name)
        for kind, pack in (("service", _SERVICES), ("data store", _STORES))
        for name, modules in pack.items()
        for module in modules.split()
    }


@cache
def _openings() -> dict[str, tuple[str, str]]:
    return {
        module[:-1]: (kind, name)
        for kind, pack in (("service", _SERVICES), ("data store", _STORES))
        for name, modules in pack.items()
        for module in modules.split()
        if module.endswith("*")
    }


def of_import(module: str) -> tuple[str, str] | None:
    """Return the kind and the name of what an import is there for, None where no pack knows it.

    Args:
        module: As `Imported` has it; of Rust the crate alone.
    """
    module = module.strip("<>")
    exact = _exact()
    if module in exact:
        return exact[module]
    for mark in ("/", "."):
        head = module
        while mark in head:
            head = head.rpartition(mark)[0]
            if head + mark in _openings():
                return _openings()[head + mark]
    return None


def of_address(text: str) -> tuple[str, str] | None:
    """Return the kind and the name of what a string is the address of; one within a sentence is only mentioned."""
    match = _ADDRESS.match(text)
    if match is None or any(map(str.isspace, text)):
        return None
    known = _SCHEMES.get(match["scheme"])
    if known is not None:
        return known
    host = (match["host"] or "").rstrip(".-").lower()
    return ("service", host) if _HOST.fullmatch(host) and not _NO_SERVICE.search(host) else None
