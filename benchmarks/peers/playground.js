// TensorFlow Playground's training, from its published algorithm: a graph of nodes and links, walked for one example at
// a time, whose parameters change once per batch; here all examples are one batch. Loss and penalty are the blog's
// instead of its own, the penalty is on biases as well, and the loss comes from the outputs that training computes
// anyway, where the Playground goes over all examples once more.
//
// Each line of standard input is a question in JSON, as child.py asks them.
"use strict";

const relu = { output: (x) => Math.max(0, x), der: (x) => (x <= 0 ? 0 : 1) };
const linear = { output: (x) => x, der: () => 1 };
const maxMargin = {
  error: (output, label) => Math.max(0, 1 - label * output),
  der: (output, label) => (label * output > 1 ? 0 : -label),
};

class Link {
  constructor(source, dest, weight) {
    this.source = source;
    this.dest = dest;
    this.weight = weight;
    this.errorDer = 0;
    this.accErrorDer = 0;
    this.numAccumulatedDers = 0;
  }
}

class Node {
  constructor(activation, bias) {
    this.activation = activation;
    this.bias = bias;
    this.inputLinks = [];
    this.outputs = [];
    this.totalInput = 0;
    this.output = 0;
    this.outputDer = 0;
    this.inputDer = 0;
    this.accInputDer = 0;
    this.numAccumulatedDers = 0;
  }

  updateOutput() {
    let sum = this.bias;
    for (const link of this.inputLinks) sum += link.weight * link.source.output;
    this.totalInput = sum;
    this.output = this.activation.output(sum);
  }
}

function buildNetwork(widths, parameters) {
  let used = 0;
  const network = [];
  widths.forEach((width, depth) => {
    const activation = depth === widths.length - 1 ? linear : relu;
    const layer = [];
    for (let i = 0; i < width; i++) {
      const node = new Node(activation, 0);
      layer.push(node);
      if (depth === 0) continue;
      for (const source of network[depth - 1]) {
        const link = new Link(source, node, parameters[used++]);
        source.outputs.push(link);
        node.inputLinks.push(link);
      }
      node.bias = parameters[used++];
    }
    network.push(layer);
  });
  return network;
}

function forwardProp(network, inputs) {
  network[0].forEach((node, i) => (node.output = inputs[i]));
  for (let depth = 1; depth < network.length; depth++) {
    for (const node of network[depth]) node.updateOutput();
  }
  return network[network.length - 1][0].output;
}

function backProp(network, label) {
  const last = network.length - 1;
  const score = network[last][0];
  score.outputDer = maxMargin.der(score.output, label);
  for (let depth = last; depth >= 1; depth--) {
    for (const node of network[depth]) {
      node.inputDer = node.outputDer * node.activation.der(node.totalInput);
      node.accInputDer += node.inputDer;
      node.numAccumulatedDers++;
      for (const link of node.inputLinks) {
        link.errorDer = node.inputDer * link.source.output;
        link.accErrorDer += link.errorDer;
        link.numAccumulatedDers++;
      }
    }
    if (depth === 1) break;
    for (const node of network[depth - 1]) {
      let sum = 0;
      for (const link of node.outputs) sum += link.weight * link.dest.inputDer;
      node.outputDer = sum;
    }
  }
}

function updateWeights(network, rate, l2) {
  for (let depth = 1; depth < network.length; depth++) {
    for (const node of network[depth]) {
      node.bias -= rate * (node.accInputDer / node.numAccumulatedDers + 2 * l2 * node.bias);
      node.accInputDer = 0;
      node.numAccumulatedDers = 0;
      for (const link of node.inputLinks) {
        link.weight -= rate * (link.accErrorDer / link.numAccumulatedDers + 2 * l2 * link.weight);
        link.accErrorDer = 0;
        link.numAccumulatedDers = 0;
      }
    }
  }
}

function parametersOf(network) {
  return network.slice(1).flatMap((layer) =>
    layer.flatMap((node) => [...node.inputLinks.map((link) => link.weight), node.bias]),
  );
}

function penalty(network, l2) {
  let sum = 0;
  for (let depth = 1; depth < network.length; depth++) {
    for (const node of network[depth]) {
      sum += node.bias * node.bias;
      for (const link of node.inputLinks) sum += link.weight * link.weight;
    }
  }
  return l2 * sum;
}

function step(network, { inputs, labels, config: { l2 } }, rate) {
  let error = 0;
  let right = 0;
  for (let i = 0; i < inputs.length; i++) {
    const score = forwardProp(network, inputs[i]);
    error += maxMargin.error(score, labels[i]);
    if (score > 0 === labels[i] > 0) right++;
    backProp(network, labels[i]);
  }
  const loss = error / inputs.length + penalty(network, l2);
  updateWeights(network, rate, l2);
  return { loss, accuracy: right / inputs.length };
}

let problem = null;
let network = null;
require("node:readline")
  .createInterface({ input: process.stdin })
  .on("line", (line) => {
    const question = JSON.parse(line);
    let answer = {};
    if (problem === null) {
      problem = question;
      network = buildNetwork(problem.widths, problem.parameters);
    } else {
      const start = process.cpuUsage();
      for (let i = 0; i < question.steps; i++) answer = step(network, problem, question.rate);
      const used = process.cpuUsage(start);
      answer.seconds = (used.user + used.system) / 1e6;
      answer.parameters = parametersOf(network);
    }
    console.log(JSON.stringify(answer));
  });
