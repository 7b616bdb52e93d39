/** Cuts a broker's answers into packets, each of which must be shorter than 128 bytes, as all are that a mere publisher gets. */

/** `body` is the packet's last four bytes at most, as one number: code or packet id of CONNACK and PUBACK. */
export function shortPackets(
  onPacket: (firstByte: number, body: number) => void,
): (chunk: Uint8Array, length: number) => void {
  let place: "type" | "length" | "body" = "type";
  let firstByte = 0;
  let remaining = 0;
  let body = 0;
  return (chunk, length) => {
    for (let index = 0; index < length; index += 1) {
      const byte = chunk[index] ?? 0;
      if (place === "type") {
        firstByte = byte;
        place = "length";
        continue;
      }
      if (place === "length") {
        remaining = byte;
        body = 0;
        place = "body";
      } else {
        body = (body << 8) | byte;
        remaining -= 1;
      }
      if (remaining > 0) continue;
      place = "type";
      onPacket(firstByte, body);
    }
  };
}
