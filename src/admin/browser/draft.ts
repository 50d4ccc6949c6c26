import { UploadRefused, uploadList } from './upload.js';

/** Without a script a form with a file is sent as a whole. With it one sees how far it is, and it goes on after a break. */
for (const form of document.querySelectorAll<HTMLFormElement>('form[data-upload]'))
  form.addEventListener('submit', (event) => {
    const file = form.querySelector<HTMLInputElement>('input[type="file"]')?.files?.[0];
    const audience = form.querySelector<HTMLSelectElement>('[name="audience"]')?.value ?? '';
    if (!file || audience !== '') return;
    event.preventDefault();
    void uploadFrom(form, file);
  });

async function uploadFrom(form: HTMLFormElement, file: File): Promise<void> {
  const place = form.querySelector<HTMLElement>('.progress');
  const bar = place?.querySelector('progress');
  const words = place?.querySelector('p');
  const tell = (text: string, share?: number) => {
    if (place) place.hidden = false;
    if (bar && share !== undefined) bar.value = 100 * share;
    if (words && words.textContent !== text) words.textContent = text;
  };
  tell('The upload begins.', 0);
  try {
    location.assign(await uploadList(form, file, tell));
  } catch (error) {
    tell(error instanceof UploadRefused ? error.message : `The upload failed: ${String(error)}`);
    for (const button of form.querySelectorAll('button')) button.disabled = false;
  }
}

// As long as nobody has chosen a time zone, it is the reader's own.
const zone = document.querySelector<HTMLSelectElement>('select[data-own-zone]');
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && [...zone.options].some(({ value }) => value === own)) zone.value = own;

// Who writes a date or a time means it.
const later = document.querySelector<HTMLInputElement>('#later');
for (const field of document.querySelectorAll<HTMLInputElement>('#date, #time'))
  field.addEventListener('input', () => {
    if (later && field.value !== '') later.checked = true;
  });
