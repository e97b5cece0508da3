namespace KernelSockets.UserApps.Text.Ed;

/// <summary>A command of ed cannot be carried out; the message is what H and h show.</summary>
internal sealed class EdException(string message) : Exception(message);
