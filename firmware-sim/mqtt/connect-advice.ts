/** What a person should check when no station could connect, from the error's text. Pure; guesses only where the text allows. */

const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /not authorized|bad user ?name/i,
    "The broker wants a user and a password that it knows. Of an Aerie hub, get one with `npx aerie application add simulator --publish 'devices/#'`, or in its dashboard under Settings, and give what it shows as AERIE_SIM_PASSWORD or in a --password-file.",
  ],
  [
    /ECONNREFUSED/,
    "Nothing listens there. Is the hub running (npm start), and is this its MQTT port? WebSocket addresses need its HTTP port: ws://127.0.0.1:3000/mqtt.",
  ],
  [/ENOTFOUND|EAI_AGAIN/, "The host name is not known. Check its spelling, or use the IP address."],
  [/EHOSTUNREACH|ENETUNREACH|ETIMEDOUT/, "The host does not answer. Check the address, the network and its firewall."],
  [
    /connack timeout|before the broker answered|header flag|ECONNRESET/,
    "Something listens there, but it does not speak MQTT, or expects TLS (mqtts, wss).",
  ],
  [/Unexpected server response/, "That is a web server, but this path is no MQTT WebSocket. The hub's is /mqtt."],
  [
    /self.signed|unable to (verify|get)|certificate|altname/i,
    "The certificate is not trusted: name its authority with --ca <file>, or use --insecure for a test.",
  ],
  [
    /wrong version number|packet length too long|EPROTO|before secure TLS/,
    "The port does not speak TLS. Use mqtt or ws, or the TLS port.",
  ],
  [
    /un(supported|acceptable) protocol version/i,
    "The broker does not speak this version of MQTT: try --mqtt-version 3.1.1.",
  ],
  [
    /client identifier|client id not valid|identifier rejected/i,
    "The broker does not take these client ids: try another --prefix.",
  ],
  [
    /server busy|quota exceeded|connection rate exceeded/i,
    "The broker has as many connections as it may. Fewer --devices, or a higher AERIE_MAX_CONNECTIONS and AERIE_MAX_CONNECTIONS_PER_ADDRESS.",
  ],
  [/Connection refused:/, "The broker refused the connection; its log says why."],
];

export function connectAdvice(errors: readonly { text: string; count: number }[]): string {
  const worst = errors.toSorted((a, b) => b.count - a.count)[0]?.text;
  if (worst === undefined) return "There was no answer. Check the address, the network and the firewall.";
  const advice = ADVICE.find(([pattern]) => pattern.test(worst))?.[1];
  return [`The reason given: ${worst.replace(/\.$/, "")}.`, ...(advice === undefined ? [] : [advice])].join(" ");
}
