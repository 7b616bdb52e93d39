/** The fields of each kind of channel, with what to enter where. */
import type { ComponentChildren } from "preact";
import { CommandLine } from "../ui/command-line.tsx";
import { Check, Select, Text } from "../ui/form-fields.tsx";
import { type ChannelDraft, type ChannelFault, type ChannelValue, REMOVABLE_SECRETS } from "./channel-draft.ts";
import { WEBHOOK_PRESETS } from "./channel-kinds.ts";
import { QrCode } from "./qr-code.tsx";
import { secretTopic } from "./secret-topic.ts";

export interface FieldsProps {
  readonly draft: ChannelDraft;
  readonly faults: Partial<Record<ChannelFault, string>>;
  /** Names of the secrets that the hub has. */
  readonly kept: readonly string[];
  readonly change: (part: Partial<ChannelDraft>) => void;
}

type ValueProps = FieldsProps & {
  readonly field: ChannelValue;
  readonly label: string;
  readonly placeholder?: string;
  readonly hint?: string;
  readonly isSecret?: boolean;
};

function Value({ draft, faults, kept, change, field, label, placeholder, hint, isSecret = false }: ValueProps) {
  const removable = REMOVABLE.find((each) => each === field);
  const isRemoved = removable !== undefined && draft.removed.includes(removable);
  const isKept = kept.includes(field) && !isRemoved;
  const words = isKept ? "Left empty, it stays as it is." : hint;
  return (
    <>
      <Text
        label={label}
        value={draft.values[field]}
        fault={faults[field]}
        type={isSecret ? "password" : "text"}
        maxLength={1_000}
        {...(isKept ? { placeholder: "••••••••" } : placeholder !== undefined && { placeholder })}
        {...(words !== undefined && { hint: words })}
        change={(text) => change({ values: { ...draft.values, [field]: text } })}
      />
      {removable !== undefined && kept.includes(field) && (
        <Check checked={isRemoved} change={(isOn) => change({ removed: isOn ? [removable] : [] })}>
          Remove it
        </Check>
      )}
    </>
  );
}

const REMOVABLE = Object.values(REMOVABLE_SECRETS);

export function KindFields(props: FieldsProps): ComponentChildren {
  switch (props.draft.kind) {
    case "ntfy":
      return <NtfyFields {...props} />;
    case "telegram":
      return <TelegramFields {...props} />;
    case "email":
      return <EmailFields {...props} />;
    case "webhook":
      return <WebhookFields {...props} />;
    case "mqtt":
      return (
        <Value
          {...props}
          field="topic"
          label="Topic"
          placeholder="alarms/house"
          hint="JSON, one message for each notification. Not a topic of a device, and not below aerie/."
        />
      );
    case "browser":
      return (
        <p class="quiet" data-about="browser">
          There is nothing to set. It sends to every open page of this hub, and to each browser in which somebody
          switched that on below, under “This browser”, also while no page is open (Web Push). Browsers offer that only
          on pages that came over HTTPS with a certificate that they trust, and the hub needs the internet for it.
        </p>
      );
  }
}

function NtfyFields(props: FieldsProps) {
  const { draft, change } = props;
  const { server, topic } = draft.values;
  const address = `${server.trim().replace(/\/+$/, "")}/${topic.trim()}`;
  const isComplete = /^https?:\/\/\S+$/.test(server.trim()) && topic.trim() !== "";
  return (
    <>
      {isComplete && (
        <div class="ntfy">
          <QrCode text={address} label={`QR code of ${address}`} />
          <ol class="steps">
            <li>
              Install the app <strong>ntfy</strong> on your phone (Android, iPhone).
            </li>
            <li>Scan this code with the phone's camera, and subscribe. Or add this topic in the app:</li>
            <li>Save, and send a test.</li>
          </ol>
          <CommandLine name="the topic" command={topic.trim()} />
          <p class="quiet">
            Whoever knows the topic can read your alerts and write to it. It is long, so that nobody can guess it.{" "}
            <button
              type="button"
              class="link-button"
              onClick={() => change({ values: { ...draft.values, topic: secretTopic() } })}
            >
              Make another one
            </button>
          </p>
        </div>
      )}
      <Value {...props} field="topic" label="Topic" />
      <Value
        {...props}
        field="server"
        label="Server"
        hint="ntfy.sh is free and run by the author of ntfy. Your own works, too."
      />
      <Value {...props} field="token" label="Access token" isSecret hint="Only where the topic is protected." />
    </>
  );
}

function TelegramFields(props: FieldsProps) {
  return (
    <>
      <ol class="steps">
        <li>
          In Telegram, write <code>/newbot</code> to <strong>@BotFather</strong>. It gives you a token.
        </li>
        <li>Write any message to your new bot, or add it to a group.</li>
        <li>
          Open <code>https://api.telegram.org/bot&lt;token&gt;/getUpdates</code> in a browser. <code>chat.id</code> is
          the id of the chat.
        </li>
      </ol>
      <Value {...props} field="token" label="Token of the bot" isSecret placeholder="123456:ABC-DEF…" />
      <Value
        {...props}
        field="chatId"
        label="Id of the chat"
        placeholder="123456789"
        hint="Of a group it begins with −."
      />
      <p class="quiet" data-polls>
        A message has a button <em>Acknowledge</em>. For 24 hours after it, the hub asks Telegram whether somebody has
        pressed it (<code>getUpdates</code>), and at other times it does not. No port has to be open for that. No other
        program may do the same with this bot.
      </p>
    </>
  );
}

const SECURITY = [
  ["starttls", "STARTTLS (port 587)"],
  ["tls", "TLS from the start (port 465)"],
  ["none", "none (only in your own network)"],
] as const;

function EmailFields(props: FieldsProps) {
  const { draft, change } = props;
  return (
    <>
      <Value {...props} field="host" label="Mail server" placeholder="smtp.example.com" />
      <Select
        label="Encryption"
        value={draft.security}
        choices={SECURITY}
        change={(security) => {
          const port = security === "tls" ? "465" : "587";
          change({ security, values: { ...draft.values, port } });
        }}
      />
      <Value {...props} field="port" label="Port" />
      <Value {...props} field="user" label="User name" placeholder="you@example.com" />
      <Value
        {...props}
        field="password"
        label="Password"
        isSecret
        hint="Some providers want an app password here, not the one that you sign in with."
      />
      <Value {...props} field="from" label="From" placeholder="aerie@example.com" />
      <Value {...props} field="to" label="To" placeholder="you@example.com, neighbour@example.com" />
    </>
  );
}

function WebhookFields(props: FieldsProps) {
  const { draft, change } = props;
  const isOwn = draft.preset === "json";
  return (
    <>
      <Select label="For" value={draft.preset} choices={WEBHOOK_PRESETS} change={(preset) => change({ preset })} />
      <Value {...props} field="url" label="Address" placeholder="https://…" hint={ADDRESS_HINTS[draft.preset]} />
      {isOwn && (
        <>
          <Value
            {...props}
            field="secret"
            label="Secret for the signature"
            isSecret
            hint="Optional. With it, the header X-Aerie-Signature has an HMAC-SHA256 of the body."
          />
          <Value
            {...props}
            field="template"
            label="Body of your own"
            placeholder={'{"message": "{title}: {text}"}'}
            hint="Optional. {title}, {text} and {severity} are replaced."
          />
        </>
      )}
    </>
  );
}

const ADDRESS_HINTS: Readonly<Record<ChannelDraft["preset"], string>> = {
  json: "The hub sends a POST with JSON.",
  slack: "In Slack: Apps, Incoming Webhooks, Add to Slack.",
  discord: "In Discord: settings of the channel, Integrations, Webhooks.",
  teams: "In Teams: Workflows, “Post to a channel when a webhook request is received”.",
  mattermost: "In Mattermost: Integrations, Incoming Webhooks.",
};
