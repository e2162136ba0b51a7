import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.debezium.embedded.Connect;
import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import java.io.FileInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * A relay built on embedded Debezium: tails the outbox and sends each row as the message that our own relay makes of it.
 * Takes Connect records as they come, without a JSON conversion or an SMT in between, which is the least that it can cost.
 * Arguments: a file of Debezium's settings, a file of the producer's settings, the prefix of topics.
 */
public class DebeziumRelay {
  private static final ObjectMapper JSON = new ObjectMapper();

  public static void main(String[] arguments) throws Exception {
    Properties producing = load(arguments[1]);
    String prefix = arguments[2];
    var producer = new KafkaProducer<byte[], byte[]>(producing, new ByteArraySerializer(), new ByteArraySerializer());
    DebeziumEngine<ChangeEvent<SourceRecord, SourceRecord>> engine =
        DebeziumEngine.create(Connect.class)
            .using(load(arguments[0]))
            .using((success, message, error) -> {
              if (!success) {
                System.err.println(message);
                if (error != null) error.printStackTrace();
                System.exit(1);
              }
            })
            .using(new DebeziumEngine.ConnectorCallback() {
              @Override
              public void pollingStarted() {
                System.out.println("polling");
              }
            })
            .notifying((List<ChangeEvent<SourceRecord, SourceRecord>> batch,
                DebeziumEngine.RecordCommitter<ChangeEvent<SourceRecord, SourceRecord>> committer) -> {
              List<Future<RecordMetadata>> sent = new ArrayList<>(batch.size());
              for (var event : batch) {
                var message = message(event.value(), prefix);
                if (message != null) sent.add(producer.send(message));
              }
              try {
                for (var each : sent) each.get();
              } catch (java.util.concurrent.ExecutionException error) {
                throw new RuntimeException(error);
              }
              for (var event : batch) committer.markProcessed(event);
              committer.markBatchFinished();
            })
            .build();
    var runner = Executors.newSingleThreadExecutor();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      try {
        engine.close();
      } catch (Exception error) {
        error.printStackTrace();
      }
    }));
    runner.execute(engine);
  }

  private static ProducerRecord<byte[], byte[]> message(SourceRecord record, String prefix) {
    if (!(record.value() instanceof Struct change) || change.schema().field("after") == null) return null;
    Struct row = change.getStruct("after");
    if (row == null) return null;
    var message = new ProducerRecord<byte[], byte[]>(
        prefix + row.getString("topic"), bytes(row.getString("key")), bytes(row.getString("body")));
    try {
      JsonNode headers = JSON.readTree(row.getString("headers"));
      headers.properties().forEach(entry -> message.headers().add(entry.getKey(), bytes(entry.getValue().asText())));
    } catch (java.io.IOException error) {
      throw new RuntimeException(error);
    }
    return message;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Properties load(String file) throws Exception {
    Properties properties = new Properties();
    try (var in = new FileInputStream(file)) {
      properties.load(in);
    }
    return properties;
  }
}
