/** What is built today where there is no hub: a subscriber of an external broker, one `insertOne` a message, one Socket.IO event. */
import { createServer } from "node:http";
import { MongoClient } from "mongodb";
import mqtt from "mqtt";
import { Server } from "socket.io";

const [mqttUrl = "", mongoUrl = ""] = process.argv.slice(2);
// The guarantee that the hub gives: on the disk of the one server that there is (docs/decisions/0011).
const mongo = new MongoClient(mongoUrl, { writeConcern: { w: 1, journal: true } });
await mongo.connect();
const readings = mongo.db().collection("readings");
const server = createServer();
const io = new Server(server);
const client = await mqtt.connectAsync(mqttUrl, { clientId: "classic", clean: false });
client.on("message", (topic, payload) => {
  const [, deviceId = ""] = topic.split("/");
  const reading = { deviceId, receivedAt: new Date(), ...(JSON.parse(payload.toString()) as object) };
  void readings.insertOne(reading).then(() => io.emit("sensorData", { timestamp: reading.receivedAt, data: reading }));
});
await client.subscribeAsync("devices/+/telemetry", { qos: 1 });
server.listen(0, "127.0.0.1", () => process.stdout.write("ready\n"));
// Whoever started it is gone: nothing must be left running.
process.once("disconnect", () => process.exit(0));
