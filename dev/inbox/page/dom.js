// Every node of the page is built here, from text: no string ever becomes markup.

const SVG = 'http://www.w3.org/2000/svg';

/**
 * Makes an HTML element. `props` are attributes; a function is a listener, named by its event
 * (`click`); undefined and false leave the attribute out. Children that are strings become text.
 */
export function el(tag, props = {}, ...children) {
  return filled(document.createElement(tag), props, children);
}

/** The same for SVG. */
export function svg(tag, props = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), props, children);
}

function filled(node, props, children) {
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === false) continue;
    if (typeof value === 'function') node.addEventListener(name, value);
    else node.setAttribute(name, value === true ? '' : String(value));
  }
  node.append(...children.flat().filter((child) => child !== undefined && child !== null));
  return node;
}

export function byId(id) {
  return document.getElementById(id);
}
