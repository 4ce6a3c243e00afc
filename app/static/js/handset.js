// A phone shows its newest text: its screen stands at the end, and follows what lands unless somebody has scrolled back.
const near = 80;
let atEnd = true;

const screen = () => document.getElementById("screen");
const follow = () => { const part = screen(); if (part && atEnd) part.scrollTop = part.scrollHeight; };

document.addEventListener("htmx:before:swap", () => {
  const part = screen();
  atEnd = !part || part.scrollHeight - part.scrollTop - part.clientHeight < near;
});
document.addEventListener("htmx:after:swap", follow);
follow();
