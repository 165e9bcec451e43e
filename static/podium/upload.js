// The upload form: dropping a file, checking its size first, a progress bar, refusals in place.
// Without this script the form posts as it stands and the server renders the same answers.
(() => {
  "use strict";
  const form = document.getElementById("upload-form");
  const input = document.getElementById("file");
  const drop = document.getElementById("drop");
  const refusal = document.getElementById("upload-refusal");
  const progress = document.getElementById("upload-progress");
  const bar = progress.querySelector("progress");
  const status = progress.querySelector("p");
  const submit = form.querySelector("button[type=submit]");
  const cancel = document.getElementById("upload-cancel");
  const maxBytes = Number(form.dataset.maxBytes);
  let request = null;

  const megabytes = (bytes) => (bytes / 1048576).toFixed(1);
  const number = (value) => value.toLocaleString("en-US");

  const refuse = (message, remedy) => {
    const box = document.createElement("div");
    box.className = "notice error";
    const text = document.createElement("p");
    const strong = document.createElement("strong");
    strong.textContent = message;
    text.append(strong, remedy ? ` ${remedy}` : "");
    box.append(text);
    refusal.replaceChildren(box);
  };

  const tooLarge = () => {
    const [file] = input.files;
    if (!file || file.size <= maxBytes) return false;
    refuse(
      `The file has ${number(file.size)} bytes; this phase takes at most ${number(maxBytes)}.`,
      "Compress it as .gz or .zip, or leave out what the format does not ask for.",
    );
    return true;
  };

  const busy = (isBusy) => {
    progress.hidden = !isBusy;
    cancel.hidden = !isBusy;
    submit.disabled = isBusy;
    if (isBusy) form.setAttribute("aria-busy", "true");
    else form.removeAttribute("aria-busy");
  };

  const done = (xhr) => {
    let answer = null;
    try {
      answer = JSON.parse(xhr.responseText);
    } catch {
      // A page and not our answer: a proxy's, or an expired form's.
    }
    if (xhr.status === 201 && answer) {
      status.textContent = "The file is in. Opening the submission.";
      location.assign(answer.url);
      return;
    }
    busy(false);
    if (answer && answer.message) refuse(answer.message, answer.remedy);
    else if (xhr.status === 403) refuse("This form is too old.", "Reload the page and submit the file again.");
    else if (xhr.status === 413) refuse("The file is too large for this server.", "Compress it as .gz or .zip.");
    else refuse(`The server answered with an error (${xhr.status}).`, "Submit the file again in a moment.");
  };

  const send = () => {
    const xhr = new XMLHttpRequest();
    request = xhr;
    xhr.open("POST", form.action);
    xhr.setRequestHeader("Accept", "application/json");
    xhr.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      const percent = Math.floor((event.loaded / event.total) * 100);
      bar.value = percent;
      const text = `${percent}%, ${megabytes(event.loaded)} of ${megabytes(event.total)} MB`;
      if (status.textContent !== text) status.textContent = text;
    });
    xhr.upload.addEventListener("load", () => {
      bar.removeAttribute("value");
      status.textContent = "Sent. The server takes it in.";
    });
    xhr.addEventListener("load", () => done(xhr));
    xhr.addEventListener("error", () => {
      busy(false);
      refuse("The connection broke while the file was on its way.", "Nothing was submitted: try again.");
    });
    xhr.addEventListener("abort", () => busy(false));
    bar.value = 0;
    status.textContent = "Sending the file.";
    busy(true);
    const data = new FormData(form);
    // Whoever signed in again in another tab has a new token: the cookie's, not this page's.
    const token = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
    if (token) data.set("csrfmiddlewaretoken", token[1]);
    xhr.send(data);
  };

  for (const element of form.querySelectorAll("[data-script]")) element.hidden = false;
  input.addEventListener("change", () => {
    refusal.replaceChildren();
    tooLarge();
  });
  cancel.addEventListener("click", () => request.abort());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    refusal.replaceChildren();
    if (!tooLarge()) send();
  });

  // Back from the submission's page, the browser may show this page as it was left.
  addEventListener("pageshow", (event) => {
    if (event.persisted) busy(false);
  });

  for (const kind of ["dragenter", "dragover"]) {
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  for (const kind of ["dragleave", "drop"]) {
    drop.addEventListener(kind, () => drop.classList.remove("over"));
  }
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer.files.length || form.getAttribute("aria-busy")) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change"));
  });
})();
