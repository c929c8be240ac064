(function () {
  "use strict";
  var deck = document.querySelector(".deck");
  deck.classList.add("reveal");
  document.documentElement.classList.add("showing");
  new Reveal(deck, {
    width: 1200, height: 675, margin: 0.04, minScale: 0.1, center: false, hash: true, transition: "none",
    backgroundTransition: "none", slideNumber: "c/t", scrollActivationWidth: 0, history: false, help: false
  }).initialize();
})();
