/**
 * A form that asks the device for a passkey and sends what it says in the field `credential`.
 * `data-does`: `sign-in` asks the form's address for the options first, `use` and `add` have them in a script of data.
 * The form stays hidden where the device knows no passkeys.
 */
type Text = Record<string, unknown>;

/** Bytes as the server writes them: base64url without padding. */
function bytes(text: string): ArrayBuffer {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0)).buffer;
}

function text(buffer: ArrayBuffer | null | undefined): string | undefined {
  if (!buffer) return undefined;
  const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function listed(credentials: unknown): PublicKeyCredentialDescriptor[] {
  return ((credentials ?? []) as { id: string; type: "public-key"; transports?: AuthenticatorTransport[] }[]).map(
    (one) => ({ ...one, id: bytes(one.id) }),
  );
}

/** The same credential as JSON (PublicKeyCredential.toJSON, which not every browser has). */
function written(credential: PublicKeyCredential): Text {
  const answer = credential.response as AuthenticatorAttestationResponse & AuthenticatorAssertionResponse;
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: {
      clientDataJSON: text(answer.clientDataJSON),
      attestationObject: text(answer.attestationObject),
      transports: answer.getTransports?.(),
      authenticatorData: text(answer.authenticatorData),
      signature: text(answer.signature),
      userHandle: text(answer.userHandle),
    },
  };
}

async function use(options: Text): Promise<Credential | null> {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge as string),
    allowCredentials: listed(options.allowCredentials),
  } as PublicKeyCredentialRequestOptions;
  return navigator.credentials.get({ publicKey });
}

async function add(options: Text, alone: boolean): Promise<Credential | null> {
  const user = options.user as Text;
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge as string),
    user: { ...user, id: bytes(user.id as string) },
    excludeCredentials: listed(options.excludeCredentials),
    authenticatorSelection: {
      ...(options.authenticatorSelection as Text),
      residentKey: alone ? "required" : "discouraged",
      requireResidentKey: alone,
      userVerification: alone ? "required" : "preferred",
    },
  } as unknown as PublicKeyCredentialCreationOptions;
  return navigator.credentials.create({ publicKey });
}

async function asked(form: HTMLFormElement): Promise<Text> {
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return ((await answer.json()) as { request_options: { publicKey: Text } }).request_options.publicKey;
}

async function credential(form: HTMLFormElement): Promise<Credential | null> {
  if (form.dataset.does === "sign-in") return use(await asked(form));
  const held = JSON.parse(form.querySelector("script")?.textContent ?? "{}") as { publicKey: Text };
  if (form.dataset.does === "use") return use(held.publicKey);
  return add(held.publicKey, form.querySelector<HTMLInputElement>("[name=passwordless]")?.checked ?? false);
}

export default function passkey(element: HTMLElement): void {
  const form = element as HTMLFormElement;
  const field = form.querySelector<HTMLInputElement>("[name=credential]");
  const words = form.querySelector<HTMLElement>("[data-words]");
  if (!field || !words || !window.PublicKeyCredential || !navigator.credentials) return;
  form.hidden = false;
  form.parentElement?.querySelector<HTMLElement>("[data-without-passkeys]")?.remove();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    words.hidden = true;
    try {
      const found = await credential(form);
      field.value = JSON.stringify(written(found as PublicKeyCredential));
      form.submit();
    } catch {
      words.textContent = form.dataset.failed ?? "";
      words.hidden = false;
    }
  });
}
