namespace KernelSockets.UserApps.Text;

/// <summary>The arguments of expr are no expression; the message is expr's.</summary>
internal sealed class ExprException(string message) : Exception(message);
