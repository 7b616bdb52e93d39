/** The attributes that a device sent; nothing where it sent none. */
import type { AttributeValue } from "../../../src/contract/readings.ts";

export function AttributesTable({ attributes }: { attributes: { [key: string]: AttributeValue } }) {
  const rows = Object.entries(attributes).toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (rows.length === 0) return null;
  return (
    <section class="attributes" aria-labelledby="attributes">
      <h2 id="attributes">Attributes</h2>
      <table aria-labelledby="attributes">
        <tbody>
          {rows.map(([key, value]) => (
            <tr key={key}>
              <th scope="row" class="attribute-key">
                {key}
              </th>
              <td class="attribute-value">{typeof value === "object" ? JSON.stringify(value) : String(value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
