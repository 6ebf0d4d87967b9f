'use strict';
const { a, b: c } = require('./lib');
class A extends Base {
  run() { return helper(this.x); }
  #hid() {}
  static make() { return new A(); }
}
exports.go = function (x) { return x; };
A.prototype.stop = function () {};
module.exports = { A, start() {}, end: () => 1 };
function* walk() { yield inner(); function inner() {} }
var old = 1;
