// A picture's way from the browser to where it is kept: announced, posted straight there, said to be there.

export class RefusedError extends Error {}

async function call(address, token, body) {
  const response = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    body: JSON.stringify(body ?? {}),
  });
  const told = await response.json();
  if (response.ok) return told;
  throw new RefusedError(Object.values(told.errors ?? {}).flat()[0] ?? told.detail);
}

// `fetch` can't say how much of a body has gone.
function post({ url, fields }, file, onProgress) {
  return new Promise((resolve, reject) => {
    const body = new FormData();
    for (const [name, value] of Object.entries(fields)) body.append(name, value);
    body.append("file", file);
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", (event) => onProgress(event.loaded / event.total));
    request.addEventListener("load", () => (request.status < 300 ? resolve() : reject(request)));
    request.addEventListener("error", reject);
    request.open("POST", url);
    request.send(body);
  });
}

function typeOf(file) {
  const suffix = file.name.split(".").pop().toLowerCase();
  return file.type || { heic: "image/heic", heif: "image/heif", avif: "image/avif" }[suffix] || "";
}

// The picture's id. `api`: the address of the staff's media; `token`: against forged requests;
// `onProgress` gets the share (0 to 1) that has gone. Throws RefusedError in the person's words.
export async function upload(file, { api, token, onProgress }) {
  const announced = await call(api, token, {
    filename: file.name,
    content_type: typeOf(file),
    size: file.size,
  });
  await post(announced.upload, file, onProgress);
  await call(`${api}${announced.id}/complete/`, token);
  return announced.id;
}
