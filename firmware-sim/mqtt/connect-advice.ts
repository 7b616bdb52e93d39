/** What a person should check when no station could connect, from the error's text. */

const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /not authorized|bad user ?name/i,
    "The broker did not accept the login. If you gave a password, check it; if not, it needs one. For an Aerie hub, create the user name and the password with `npx aerie application add simulator --publish 'devices/#'` or in the dashboard under Settings, and pass the secret as AERIE_SIM_PASSWORD or with --password-file.",
  ],
  [
    /ECONNREFUSED/,
    "Nothing listens there. Is the hub running (npm start), and is this its MQTT port? WebSocket addresses need its HTTP port: ws://127.0.0.1:3000/mqtt.",
  ],
  [/ENOTFOUND|EAI_AGAIN/, "The host name is unknown. Check its spelling, or use the IP address."],
  [/EHOSTUNREACH|ENETUNREACH|ETIMEDOUT/, "The host does not answer. Check the address, the network and its firewall."],
  [
    /connack timeout|before the broker answered|header flag|ECONNRESET/,
    "Something listens there, but it does not speak MQTT, or it expects TLS (mqtts, wss).",
  ],
  [
    /Unexpected server response/,
    "A web server answers there, but not with MQTT at this path. The hub's path is /mqtt.",
  ],
  [
    /self.signed|unable to (verify|get)|certificate|altname/i,
    "The certificate is not trusted: give its authority with --ca <file>, or use --insecure for a test.",
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
    "The broker does not accept these client ids: try another --prefix.",
  ],
  [
    /server busy|quota exceeded|connection rate exceeded/i,
    "The broker has reached its limit of connections. Use fewer --devices, or raise AERIE_MAX_CONNECTIONS and AERIE_MAX_CONNECTIONS_PER_ADDRESS.",
  ],
  [/Connection refused:/, "The broker refused the connection; its log says why."],
];

export function connectAdvice(errors: readonly { text: string; count: number }[]): string {
  const worst = errors.toSorted((a, b) => b.count - a.count)[0]?.text;
  if (worst === undefined) return "There was no answer. Check the address, the network and the firewall.";
  const advice = ADVICE.find(([pattern]) => pattern.test(worst))?.[1];
  return [`Reason: ${worst.replace(/\.$/, "")}.`, ...(advice === undefined ? [] : [advice])].join(" ");
}
