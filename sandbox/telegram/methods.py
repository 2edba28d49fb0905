"""The methods this server knows, each with its parameters, as Bot API 10.1 names them.

A parameter that ends in `!` is required. What a request carries beyond its method's list is
recorded as a fault: the real server ignores it silently, which hides mistakes.
"""

_TO = "business_connection_id chat_id! message_thread_id direct_messages_topic_id"
_HOW = "disable_notification protect_content allow_paid_broadcast message_effect_id"
_REPLY = "suggested_post_parameters reply_parameters reply_markup"
_CAPTION = "caption parse_mode caption_entities"
_EDIT = "business_connection_id chat_id message_id inline_message_id reply_markup"

_TABLE = {
    "getMe": "",
    "getUpdates": "offset limit timeout allowed_updates",
    "setWebhook": "url! certificate ip_address max_connections allowed_updates"
    " drop_pending_updates secret_token",
    "deleteWebhook": "drop_pending_updates",
    "getWebhookInfo": "",
    "sendMessage": f"{_TO} text! parse_mode entities link_preview_options {_HOW} {_REPLY}",
    "sendPhoto": f"{_TO} photo! {_CAPTION} show_caption_above_media has_spoiler {_HOW} {_REPLY}",
    "sendVideo": f"{_TO} video! duration width height thumbnail cover start_timestamp {_CAPTION}"
    f" show_caption_above_media has_spoiler supports_streaming {_HOW} {_REPLY}",
    "sendAnimation": f"{_TO} animation! duration width height thumbnail {_CAPTION}"
    f" show_caption_above_media has_spoiler {_HOW} {_REPLY}",
    "sendDocument": f"{_TO} document! thumbnail {_CAPTION} disable_content_type_detection"
    f" {_HOW} {_REPLY}",
    "sendMediaGroup": f"{_TO} media! {_HOW} reply_parameters",
    "sendChatAction": "business_connection_id chat_id! message_thread_id action!",
    "editMessageText": f"{_EDIT} text parse_mode entities link_preview_options rich_message",
    "editMessageCaption": f"{_EDIT} {_CAPTION} show_caption_above_media",
    "editMessageMedia": f"{_EDIT} media!",
    "editMessageReplyMarkup": _EDIT,
    "deleteMessage": "chat_id! message_id!",
    "deleteMessages": "chat_id! message_ids!",
    "answerCallbackQuery": "callback_query_id! text show_alert url cache_time",
    "createInvoiceLink": "business_connection_id title! description! payload! provider_token"
    " currency! prices! subscription_period max_tip_amount suggested_tip_amounts provider_data"
    " photo_url photo_size photo_width photo_height need_name need_phone_number"
    " need_email need_shipping_address send_phone_number_to_provider"
    " send_email_to_provider is_flexible",
    "answerPreCheckoutQuery": "pre_checkout_query_id! ok! error_message",
    "refundStarPayment": "user_id! telegram_payment_charge_id!",
    "getStarTransactions": "offset limit",
    "getFile": "file_id!",
    "setMyCommands": "commands! scope language_code",
    "getMyCommands": "scope language_code",
    "deleteMyCommands": "scope language_code",
    "setMyName": "name language_code",
    "getMyName": "language_code",
    "setMyDescription": "description language_code",
    "getMyDescription": "language_code",
    "setMyShortDescription": "short_description language_code",
    "getMyShortDescription": "language_code",
    "setChatMenuButton": "chat_id menu_button",
    "getChatMenuButton": "chat_id",
    "getChat": "chat_id!",
    "getChatMember": "chat_id! user_id!",
}

PARAMETERS: dict[str, frozenset[str]] = {
    method: frozenset(name.rstrip("!") for name in names.split())
    for method, names in _TABLE.items()
}
REQUIRED: dict[str, frozenset[str]] = {
    method: frozenset(name.rstrip("!") for name in names.split() if name.endswith("!"))
    for method, names in _TABLE.items()
}
CANONICAL = {method.lower(): method for method in _TABLE}  # the real server ignores case
