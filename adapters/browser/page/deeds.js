// What people do besides writing and pressing, by the menu of their phone.

import { act } from "./asking.js";
import { ask } from "./make.js";
import { say } from "./words.js";

/** Return the deeds of a phone's menu, by the names of their words. */
export function deedsOf(phone) {
  const send = (kind) => () => act({ do: "send", ...phone.actor, kind });
  const deed = (words) => () => act({ do: "deed", ...phone.actor, deed: words });
  const sending = { send_voice: send("voice"), send_photo: send("photo"), send_file: () => sendFile(phone) };
  const changing = { edit: () => edit(phone), delete: () => drop(phone) };
  if (phone.room) {
    return {
      ...sending,
      ...changing,
      joins: deed("joins"),
      asks_in: deed("asks to come in"),
      takes_out: deed("takes the bot out"),
      brings: deed("brings the bot"),
      mutes: deed("mutes the bot"),
      unmutes: deed("lets the bot write"),
    };
  }
  return {
    ...sending,
    sticker: deed("sticker"),
    ...(phone.invites ? { opens: deed("opens join_$CODE") } : {}),
    ...changing,
    leave: () => act({ do: "say", ...phone.actor, words: `${phone.prefix}leave` }),
    blocks: deed("blocks the bot"),
    comes_back: deed("comes back"),
  };
}

async function sendFile(phone) {
  const given = await ask(say("send_file"), {
    name: { label: say("file_name"), value: "list.csv" },
    inside: { label: say("file_inside"), long: true, optional: true },
    words: { label: say("file_words"), optional: true },
  });
  if (given) act({ do: "send", ...phone.actor, kind: "document", ...given });
}

/** Choose one of the last messages that the phone's owner wrote; the newest stands first. */
function written(phone) {
  const texts = [...phone.own].reverse().map(([id, text]) => [id, text || say("without_words")]);
  return { label: say("which_message"), options: Object.fromEntries(texts.slice(0, 20)), value: texts[0]?.[0] };
}

async function edit(phone) {
  const given = await ask(say("edit"), { message: written(phone), words: { label: say("new_words"), long: true } });
  if (given) act({ do: "edit", ...phone.actor, ...given });
}

async function drop(phone) {
  const given = await ask(say("delete"), { message: written(phone) });
  if (given) act({ do: "delete", ...phone.actor, ...given });
}
