// Opens a camera and says in words when there is none.
export async function open(video, constraints) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: constraints });
  video.srcObject = stream;
  await video.play();
  return () => { for (const track of stream.getTracks()) track.stop(); video.srcObject = null; };
}

export const available = () => Boolean(navigator.mediaDevices?.getUserMedia);
