namespace KernelSockets.UserApps.Files;

/// <summary>What a command on files refuses before anything is tried; the message is the whole line.</summary>
internal sealed class RefusedException(string message) : IOException(message);
