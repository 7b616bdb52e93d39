/** The clients and the command of the document that the project began with, word for word. */

export const SEED_NODE = `const io = require('socket.io-client');

const socket = io('http://localhost:3000');

socket.on('connect', () => {
  console.log('Connected to WebSocket server');
});

socket.on('connectionInfo', (info) => {
  console.log('Client ID:', info.clientId);
  console.log('Total clients:', info.totalClients);
});

socket.on('sensorData', (data) => {
  console.log('New sensor data:', data);
  // Handle real-time sensor data
});

socket.on('disconnect', () => {
  console.log('Disconnected from WebSocket server');
});
`;

export const SEED_BROWSER = `const socket = io('http://localhost:3000');

socket.on('connect', () => {
  console.log('Connected to WebSocket server');
});

socket.on('sensorData', (data) => {
  console.log('New sensor data:', data);
  // Update UI with real-time data
});
`;

export const SEED_CURL = "curl http://localhost:3000/websocket/status";
