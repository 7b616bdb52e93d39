/** The page before all others: signing in, or creating the first account by the link of a new hub. */
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { MIN_PASSWORD } from "../../../src/contract/levels.ts";
import { type HubFault, toFault } from "../hub/api.ts";
import { session, sessionFault, setUp, signIn } from "../hub/session.ts";
import { FaultNote } from "../ui/fault-note.tsx";
import { usePageTitle } from "../ui/page-title.ts";
import { route } from "../ui/route.ts";
import { PasswordField, TextField } from "../ui/text-field.tsx";

export function SignInPage() {
  const now = route.value;
  usePageTitle(session.value?.needsSetup === true ? "The first account" : "Sign in");
  if (session.value === undefined) return <Waiting />;
  if (now.page === "setup" && now.code !== "") return <SetUp code={now.code} />;
  return session.value.needsSetup ? <NoOwnerYet /> : <SignIn />;
}

function Waiting() {
  const fault = sessionFault.value;
  return fault === undefined ? (
    <p class="quiet">Connecting to the hub…</p>
  ) : (
    <FaultNote what="The hub does not answer. Trying again…" fault={fault} />
  );
}

function NoOwnerYet() {
  return (
    <section class="sign-in">
      <h1>This hub has no owner yet</h1>
      <p>
        The hub printed a link in its terminal when it started (as a service: <code>journalctl</code>; in Docker:{" "}
        <code>docker logs</code>). Open that link to create the first account. It is valid for 30 minutes; restart the
        hub to get a new one.
      </p>
      <PastedLink />
    </section>
  );
}

/** It may name an address by which this browser does not reach the hub. */
function PastedLink() {
  const link = useSignal("");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        location.hash = `#/setup/${link.value.trim().split("/").pop() ?? ""}`;
      }}
    >
      <TextField label="Or paste the link here" value={link} isRequired isCode maxLength={200} />
      <div class="buttons">
        <button type="submit">Create the first account</button>
      </div>
    </form>
  );
}

function SignIn() {
  return (
    <AccountForm
      title="Sign in"
      verb="Sign in"
      autoComplete="current-password"
      run={signIn}
      failed="You are not signed in."
    >
      <p class="quiet">
        Forgot your password? On the machine where the hub runs, the command{" "}
        <code>aerie user password &lt;name&gt;</code> makes a new one and prints it.
      </p>
    </AccountForm>
  );
}

function SetUp({ code }: { code: string }) {
  const make = async (name: string, password: string) => {
    await setUp(code, name, password);
    location.hash = "#/";
  };
  return (
    <AccountForm
      title="Create the first account"
      verb="Create account"
      autoComplete="new-password"
      run={make}
      failed="The account was not created."
    >
      <p class="quiet">
        With this account you own the hub: you may do everything and create accounts for others. The password needs at
        least {MIN_PASSWORD} characters.
      </p>
    </AccountForm>
  );
}

interface AccountFormProps {
  title: string;
  verb: string;
  autoComplete: "current-password" | "new-password";
  run: (name: string, password: string) => Promise<void>;
  failed: string;
  children: ComponentChildren;
}

function AccountForm({ title, verb, autoComplete, run, failed, children }: AccountFormProps) {
  const id = useId();
  const name = useSignal("");
  const password = useSignal("");
  const busy = useSignal(false);
  const fault = useSignal<HubFault | undefined>(undefined);

  const submit = async () => {
    busy.value = true;
    fault.value = undefined;
    await run(name.value.trim(), password.value).catch((thrown: unknown) => {
      fault.value = toFault(thrown);
    });
    busy.value = false;
  };

  return (
    <form
      class="sign-in"
      aria-labelledby={`${id}-title`}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <h1 id={`${id}-title`}>{title}</h1>
      <TextField label="Name" value={name} isFirst isRequired autoComplete="username" />
      <PasswordField
        label="Password"
        value={password}
        autoComplete={autoComplete}
        minLength={autoComplete === "new-password" ? MIN_PASSWORD : undefined}
      />
      <div class="buttons">
        <button type="submit" class="primary" disabled={busy.value}>
          {busy.value ? "One moment…" : verb}
        </button>
      </div>
      {fault.value !== undefined && <FaultNote what={failed} fault={fault.value} />}
      {children}
    </form>
  );
}
